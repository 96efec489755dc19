// Updates the total on the checkout page when the visitor changes what they buy. The server calculates it again.
(() => {
  const summary = document.querySelector("[data-digits]");
  const priced = [...document.querySelectorAll("[data-unit-price]")];
  const own = document.querySelector("[data-own-amount]");
  if (summary && (own || priced.length)) {
    const { symbol, digits, vatRate = 0, vatAdded } = summary.dataset;
    const totalSeen = document.querySelector("[name=total_seen]");
    const localize = (text) => String(text).replace(/\d/g, (digit) => digits[digit]);
    const rupees = (paisa) => {
      const whole = String(Math.floor(paisa / 100)).replace(/(\d)(?=(\d\d)+\d$)/g, "$1,");
      const rest = paisa % 100 ? "." + String(paisa % 100).padStart(2, "0") : "";
      return symbol + "\u00a0" + localize(whole + rest);
    };
    const ownAmount = () => {
      const plain = own.value.replace(/[०-९]/g, (digit) => digit.charCodeAt(0) - 0x966).replace(/^\s*(rs|रु)\.?|[,\s]/gi, "");
      return /^\d+(\.\d\d?)?$/.test(plain) ? Math.round(plain * 100) : NaN;
    };
    // The quantity of a priced input; NaN if what is typed is none.
    const quantityOf = (input) => {
      if (input.type === "radio") return Number(input.checked);
      const number = Number(input.value);
      return Number.isInteger(number) && number >= input.min && number <= input.max ? number : NaN;
    };
    const show = (selector, text) => document.querySelectorAll(selector).forEach((element) => { element.textContent = text; });
    const update = () => {
      const isOwn = own && !priced.some((input) => input.checked);
      const price = isOwn ? ownAmount() : priced.reduce((sum, input) => sum + quantityOf(input) * input.dataset.unitPrice, 0);
      const vat = Math.floor((2 * price * vatRate + 1e4 + (vatAdded === "" ? 0 : +vatRate)) / (2e4 + (vatAdded === "" ? 0 : 2 * vatRate)));
      const total = price + (vatAdded === "" ? vat : 0);
      const button = document.querySelector("button[data-total]");
      if (button) button.textContent = total ? button.dataset.total.replace("{}", rupees(total)) : button.dataset.withoutTotal;
      if (own || total >= 0) summary.querySelectorAll("dd[data-total], [data-vat]").forEach((element) => { element.parentElement.hidden = !total; });
      if (Number.isNaN(total)) return;
      totalSeen.value = total;
      show("dd[data-total]", rupees(total));
      show("[data-vat]", rupees(vat));
      priced.forEach((input) => {
        const row = [...summary.children].find((element) => element.dataset.row === input.name);
        if (!row) return;
        row.hidden = input.value === "" || input.value === "0";
        row.querySelector("[data-quantity]").textContent = localize(Number(input.value));
      });
    };
    document.addEventListener("input", (event) => {
      if (own && event.target === own) own.form.querySelectorAll("[name=amount]").forEach((radio) => { radio.checked = radio.value === "other"; });
      if (own && event.target.name === "amount" && event.target.value !== "other") own.value = "";
      update();
    });
    addEventListener("pageshow", update); // browsers may restore what was entered
  }
})();
