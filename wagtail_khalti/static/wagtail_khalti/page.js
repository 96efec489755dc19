// Improvements for visitor pages. All of them work without JavaScript.
(() => {
  const root = document.documentElement;
  const RESUBMIT_AFTER = 10000; // milliseconds until a form may be submitted again without a response

  // Prevent double submission. After the browser's Back button the form can be submitted again.
  const enable = (form) => {
    delete form.dataset.submitted;
    form.querySelectorAll("[type=submit]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.submitted) return event.preventDefault();
    form.dataset.submitted = "yes";
    form.querySelectorAll("[type=submit]").forEach((button) => button.setAttribute("aria-disabled", "true"));
    setTimeout(enable, RESUBMIT_AFTER, form);
  });
  addEventListener("pageshow", () => document.querySelectorAll("form").forEach(enable));

  // Buttons that copy the reference and print the receipt.
  root.classList.add("khalti-with-script");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (!button) return;
    if ("print" in button.dataset) return print();
    const copied = () => { button.textContent = button.dataset.copied; };
    if (navigator.clipboard) navigator.clipboard.writeText(button.dataset.copy).then(copied, () => {});
  });

  // Update the total when the quantity changes. The server calculates it again.
  const quantity = document.querySelector("input[data-unit-price]");
  if (quantity) {
    const totalSeen = document.querySelector("[name=total_seen]");
    const totals = document.querySelectorAll("[data-total]");
    const shownQuantity = document.querySelector("[data-quantity]");
    const { symbol, digits, unitPrice } = quantity.dataset;
    const localize = (text) => String(text).replace(/\d/g, (digit) => digits[digit]);
    const rupees = (paisa) => {
      const whole = String(Math.floor(paisa / 100)).replace(/(\d)(?=(\d\d)+\d$)/g, "$1,");
      const rest = paisa % 100 ? "." + String(paisa % 100).padStart(2, "0") : "";
      return symbol + "\u00a0" + localize(whole + rest);
    };
    const update = () => {
      const number = Number(quantity.value);
      if (!Number.isInteger(number) || number < 1 || number > Number(quantity.max)) return;
      totalSeen.value = number * unitPrice;
      shownQuantity.textContent = localize(number);
      totals.forEach((element) => {
        element.textContent = element.textContent.replace(element.dataset.total, rupees(totalSeen.value));
        element.dataset.total = rupees(totalSeen.value);
      });
    };
    quantity.addEventListener("input", update);
    addEventListener("pageshow", update); // browsers may restore the entered quantity
  }

  const first = document.querySelector("[autofocus]");
  if (first) first.focus();
})();
