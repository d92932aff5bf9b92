import type { HandOffDriver } from "@longhaul/core";
import { invoiceOrders } from "../02-recursion/handler.ts";
import { invoiceHistory, invoiceService } from "../invoices.ts";
import { plainFunction } from "../plain-function.ts";
import { simulatedDay } from "../simulated-day.ts";

export const ORDERS = 8_000;

/** Invocations in one chain before Lambda drops its events: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
const LIMIT = 16;

/** The function of chapter 2, where Lambda looks for loops: an event is confirmed, and not delivered. */
export function detected() {
  return simulatedDay((world) => plainFunction(world, (invoke) => invoiceOrders(invoiceService(world), invoke)), {
    event: { orders: ORDERS },
    driver: (plain): HandOffDriver => ({
      ...plain,
      send: async (message, signal) => {
        if (message.hop < LIMIT) await plain.send(message, signal);
      },
    }),
  });
}

export default async () => invoiceHistory(await detected(), ORDERS, "loop detection");
