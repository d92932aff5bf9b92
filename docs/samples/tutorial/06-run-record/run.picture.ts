import type { HandOffDriver } from "@longhaul/core";
import type { SimulationResult } from "@longhaul/core/testing";
import { invoiceHistory, invoiceService } from "../invoices.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./handler.ts";

export const ORDERS = 3_000;

/** One event arrives twice, and one process dies. */
export function run({ hasStore = true, knowsKeys = true } = {}): Promise<SimulationResult> {
  return simulatedDay(
    (world) => {
      const send = invoiceService(world);
      return invoiceOrders({
        recursive: world.recursive,
        store: hasStore ? world.store : undefined,
        sendInvoice: (order, { signal, idempotencyKey } = {}) =>
          send(order, { ...(signal && { signal }), ...(knowsKeys && idempotencyKey && { idempotencyKey }) }),
      });
    },
    {
      event: { orders: ORDERS },
      store: hasStore,
      driver: twice,
      crashAt: [{ hop: 4, await: 910 }],
    },
  );
}

/** Delivers the event of the second hop twice, as Lambda may. */
function twice(plain: HandOffDriver): HandOffDriver {
  return {
    ...plain,
    async send(message, signal) {
      await plain.send(message, signal);
      if (message.hop === 2) await plain.send(message, signal);
    },
  };
}

export default async () => invoiceHistory(await run(), ORDERS, "a run record");
