import { invoiceHistory, invoiceService } from "../invoices.ts";
import { plainFunction } from "../plain-function.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./by-hand.ts";

export const ORDERS = 1_000;

export function breaks() {
  return simulatedDay(
    (world) =>
      plainFunction(world, (invoke) =>
        invoiceOrders(invoiceService(world), invoke, (ms, fire) => world.host.timer(ms, fire)),
      ),
    { event: { orders: ORDERS }, maxContainers: 100 },
  );
}

export default async () => invoiceHistory(await breaks(), ORDERS, "a watchdog by hand");
