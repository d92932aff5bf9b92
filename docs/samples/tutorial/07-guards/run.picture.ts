import { invoiceHistory, invoiceService } from "../invoices.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./stuck.ts";

export const ORDERS = 3_000;

export function run() {
  return simulatedDay(
    (world) => invoiceOrders({ recursive: world.recursive, store: world.store, sendInvoice: invoiceService(world) }),
    { event: { orders: ORDERS }, store: true },
  );
}

export default async () => invoiceHistory(await run(), ORDERS, "guards");
