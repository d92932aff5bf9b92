import { invoiceHistory, invoiceService } from "../invoices.ts";
import { plainFunction } from "../plain-function.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./handler.ts";

/** A usual day. */
export const ORDERS = 400;

export function run(orders = ORDERS) {
  return simulatedDay((world) => plainFunction(world, () => invoiceOrders(invoiceService(world))), {
    event: { orders },
  });
}

export default async () => invoiceHistory(await run(), ORDERS, "one usual day");
