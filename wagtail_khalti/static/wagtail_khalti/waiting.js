// Asks again how the payment stands, and shows it. Without a script the page reloads itself.
(() => {
  const pauses = document.currentScript.dataset.pauses.split(",");
  let turn = 0;
  let timer;
  let busy = false; // asking now, or nothing left to ask

  const next = () => {
    busy = turn >= pauses.length;
    if (!busy && !document.hidden) timer = setTimeout(ask, pauses[turn] * 1000);
  };

  const ask = async () => {
    busy = true;
    turn += 1;
    try {
      const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") return location.replace(location.pathname); // on to Khalti
      if (answer.ok && show(new DOMParser().parseFromString(await answer.text(), "text/html"))) return;
    } catch (error) {
      // No line right now. The next turn may have one, and there is a button.
    }
    next();
  };

  /** Says whether there was news. */
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

  // Nobody looks, nobody asks; whoever comes back wants to know at once.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!busy && !document.hidden) ask();
  });
  next();
})();
