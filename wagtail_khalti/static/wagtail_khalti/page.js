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

  const first = document.querySelector("[autofocus]");
  if (first) first.focus();
})();
