const API = "/api/khalti/payments/";
const CSRF = document.querySelector("[name=csrfmiddlewaretoken]").value;

const show = (state, text = state) => Object.assign(document.querySelector("p"), { className: state, textContent: text });

async function call(method, url, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": CSRF, "Idempotency-Key": crypto.randomUUID() };
  return (await fetch(url, { method, headers, body: body && JSON.stringify(body) })).json();
}

async function pay(button) {
  show("initiating");
  let payment = await call("POST", API, { payable: await call("POST", button.value), return_url: "/" });
  if (payment.type?.endsWith(":payment-open")) payment = await call("GET", `${API}${payment.reference}/`);
  if (!payment.next_url) return show("failed", payment.detail);
  show("redirecting");
  location.href = payment.next_url;
}

async function verify(reference, pidx) {
  show("verifying");
  const payment = await call("POST", `${API}${reference}/verify/`, { pidx });
  if (payment.is_paid) return show("done");
  if (payment.is_ended || payment.status === 404) return show("failed");
  setTimeout(verify, 2000, reference, pidx); // not known yet
}

const parameters = new URLSearchParams(location.search);
if (parameters.has("pidx")) verify(parameters.get("purchase_order_id"), parameters.get("pidx"));
document.querySelectorAll("button").forEach((button) => button.addEventListener("click", () => pay(button)));
