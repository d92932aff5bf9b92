import type { SimulationResult } from "@longhaul/core/testing";
import { invoiceHistory, invoiceService } from "../invoices.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceFile } from "./handler.ts";
import { OrderFile } from "./order-file.ts";

export const ORDERS = 3_000;
/** The first orders are cancelled, and the file is written anew without them. */
export const CANCELLED = 100;

/** So many invoices are sent when the file is replaced. */
const SENT_BEFORE = 1_200;

export async function run({
  make = invoiceFile,
  isReplaced = false,
}: {
  readonly make?: typeof invoiceFile;
  readonly isReplaced?: boolean;
} = {}): Promise<SimulationResult & { readonly file: OrderFile }> {
  const orders = Array.from({ length: ORDERS }, (_, order) => order);
  const file = new OrderFile();
  file.put(orders);
  let sent = 0;
  const result = await simulatedDay(
    (world) => {
      const send = invoiceService(world);
      return make({
        recursive: world.recursive,
        s3: file.client,
        async sendInvoice(order, options) {
          await send(order, options);
          if (++sent === SENT_BEFORE && isReplaced) file.put(orders.slice(CANCELLED));
        },
      });
    },
    { event: { bucket: "shop", key: "orders.txt" } },
  );
  return { ...result, file };
}

export default async () => invoiceHistory(await run(), ORDERS, "a file of orders");
