// Polls the payment's status and updates the page. Without JavaScript the page reloads itself.
(() => {
  const intervals = document.currentScript.dataset.intervals.split(",");
  let polls = 0;
  let timer;
  let busy = false; // polling now, or finished

  const scheduleNext = () => {
    busy = polls >= intervals.length;
    if (!busy && !document.hidden) timer = setTimeout(poll, intervals[polls] * 1000);
  };

  const poll = async () => {
    busy = true;
    polls += 1;
    try {
      const response = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
      if (response.type === "opaqueredirect") return location.replace(location.pathname); // continue to Khalti
      if (response.ok && show(new DOMParser().parseFromString(await response.text(), "text/html"))) return;
    } catch (error) {
      // Offline. The next poll may succeed, and there is a button.
    }
    scheduleNext();
  };

  /** Returns whether the status has changed. */
  const show = (page) => {
    const before = document.getElementById("state");
    const after = page.getElementById("state");
    if (!after || after.dataset.state === before.dataset.state) return false;

    const main = document.querySelector("main");
    const hadFocus = main.contains(document.activeElement);
    main.replaceWith(page.querySelector("main"));
    document.title = page.title;

    const heading = document.querySelector("main h1");
    document.getElementById("announcer").textContent = heading.textContent;
    if (hadFocus) {
      heading.tabIndex = -1;
      heading.focus();
    }
    return true;
  };

  // Don't poll in a hidden tab, and poll at once when it is shown again.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!busy && !document.hidden) poll();
  });
  scheduleNext();
})();
