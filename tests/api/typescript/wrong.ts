// Each of these lines must be an error.
import createClient from "openapi-fetch";
import type { paths } from "./khalti";

const khalti = createClient<paths>({ baseUrl: "https://shop.example" });

export const amountAsText = khalti.POST("/api/khalti/payments/", {
  params: { header: { "Idempotency-Key": '"a"' } },
  body: { offer: "x", amount: "1000" },
});
export const noKey = khalti.POST("/api/khalti/payments/", { body: { offer: "x" } });
export const noSuchAddress = khalti.GET("/api/khalti/orders/");
export const isCancelled = khalti
  .GET("/api/khalti/payments/{reference}/", { params: { path: { reference: "x" } } })
  .then(({ data }) => data?.status === "cancelled");
