import { invoiceHistory, invoiceService, usualMs } from "../invoices.ts";
import { plainFunction } from "../plain-function.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./handler.ts";

export const ORDERS = 3_000;

export function run(msOf = usualMs, timeoutMs = 900_000) {
  return simulatedDay((world) => plainFunction(world, (invoke) => invoiceOrders(invoiceService(world, msOf), invoke)), {
    event: { orders: ORDERS },
    timeoutMs,
  });
}

export default async () => invoiceHistory(await run(), ORDERS, "a position");
