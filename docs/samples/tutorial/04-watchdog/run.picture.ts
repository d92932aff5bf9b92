import { SILENT } from "../03-budget/break.picture.ts";
import { endOfMonthMs, invoiceHistory, invoiceService } from "../invoices.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./handler.ts";

export const ORDERS = 3_000;

export function run() {
  let isSilent = true;
  const msOf = (order: number) => {
    if (order !== SILENT || !isSilent) return endOfMonthMs(order);
    isSilent = false;
    return 3_600_000;
  };
  return simulatedDay(
    (world) => invoiceOrders({ recursive: world.recursive, sendInvoice: invoiceService(world, msOf) }),
    { event: { orders: ORDERS } },
  );
}

export default async () => invoiceHistory(await run(), ORDERS, "a watchdog");
