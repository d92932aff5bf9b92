import { invoiceHistory, invoiceService } from "../invoices.ts";
import { plainFunction } from "../plain-function.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./unguarded.ts";

export const ORDERS = 3_000;

/** Until somebody looks, after six hours. */
export function breaks() {
  return simulatedDay((world) => plainFunction(world, (invoke) => invoiceOrders(invoiceService(world), invoke)), {
    event: { orders: ORDERS },
    limitMs: 6 * 3_600_000,
  });
}

export default async () => invoiceHistory(await breaks(), ORDERS, "without guards");
