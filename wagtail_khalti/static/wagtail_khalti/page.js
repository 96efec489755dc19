// What our pages do better with a script. Without it all of them still work.
(() => {
  const root = document.documentElement;
  const LONG_ENOUGH = 10000; // milliseconds after which a form may be sent again, if no answer came

  // One press is enough. Coming back by the Back button, the form is as good as new.
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(release, LONG_ENOUGH, form);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));

  // The reference to quote, and the receipt.
  root.classList.add("khalti-with-script");
  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-copy], [data-print]");
    if (!tool) return;
    if ("print" in tool.dataset) return print();
    const copied = () => { tool.textContent = tool.dataset.copied; };
    if (navigator.clipboard) navigator.clipboard.writeText(tool.dataset.copy).then(copied, () => {});
  });

  // The new total as soon as the quantity changes; the server reckons it again.
  const quantity = document.querySelector("input[data-unit-price]");
  if (quantity) {
    const seen = document.querySelector("[name=total_seen]");
    const spots = document.querySelectorAll("[data-total]");
    const count = document.querySelector("[data-count]");
    const { symbol, digits, unitPrice } = quantity.dataset;
    const written = (text) => String(text).replace(/\d/g, (digit) => digits[digit]);
    const rupees = (paisa) => {
      const whole = String(Math.floor(paisa / 100)).replace(/(\d)(?=(\d\d)+\d$)/g, "$1,");
      const rest = paisa % 100 ? "." + String(paisa % 100).padStart(2, "0") : "";
      return symbol + "\u00a0" + written(whole + rest);
    };
    const show = () => {
      const wanted = Number(quantity.value);
      if (!Number.isInteger(wanted) || wanted < 1 || wanted > Number(quantity.max)) return;
      seen.value = wanted * unitPrice;
      count.textContent = written(wanted);
      spots.forEach((spot) => {
        spot.textContent = spot.textContent.replace(spot.dataset.total, rupees(seen.value));
        spot.dataset.total = rupees(seen.value);
      });
    };
    quantity.addEventListener("input", show);
    addEventListener("pageshow", show); // a browser may bring back what was typed
  }

  const first = document.querySelector("[autofocus]");
  if (first) first.focus();
})();
