// What a front end writes: every address, member and problem is checked by the compiler.
import createClient from "openapi-fetch";
import type { components, paths } from "./khalti";

type Problem = components["schemas"]["ProblemDetails"];

const khalti = createClient<paths>({ baseUrl: "https://shop.example" });
const key = () => ({ "Idempotency-Key": `"${crypto.randomUUID()}"` });

export async function buy(offer: string, quantity: number, email: string): Promise<string> {
  const { data, error } = await khalti.POST("/api/khalti/payments/", {
    params: { header: key() },
    body: { offer, quantity, customer: { email } },
  });
  if (error) throw new Error(explain(error));
  sessionStorage.setItem(data.reference, data.access ?? "");
  return data.next_url;
}

export async function payInvoice(id: number): Promise<string> {
  const { data, error } = await khalti.POST("/api/khalti/payments/", {
    params: { header: key() },
    body: { payable: { type: "shop.invoice", id: String(id) } },
  });
  if (error) throw new Error(explain(error));
  return data.next_url;
}

export async function isPaid(reference: string): Promise<boolean> {
  const { data } = await khalti.POST("/api/khalti/payments/{reference}/verify/", {
    params: { path: { reference } },
    headers: { "Khalti-Access": sessionStorage.getItem(reference) ?? "" },
    body: {},
  });
  return data?.status === "completed";
}

export async function ownReferences(): Promise<string[]> {
  const { data } = await khalti.GET("/api/khalti/payments/", { params: { query: { limit: 10 } } });
  return data?.items.map((payment) => payment.reference) ?? [];
}

function explain(problem: Problem): string {
  switch (problem.type) {
    case "urn:wagtail-khalti:problem:sold-out":
      return `Only ${problem.available ?? 0} left`;
    case "urn:wagtail-khalti:problem:already-paid":
      return `Paid with ${problem.reference ?? "another payment"}`;
    default:
      return [problem.detail, ...(problem.errors ?? []).map((error) => error.detail)].join(" ");
  }
}
