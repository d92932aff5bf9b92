import type { SimulatedHandler } from "@longhaul/core/testing";
import { endOfMonthMs, invoiceHistory, invoiceService } from "../invoices.ts";
import { simulatedDay } from "../simulated-day.ts";
import { invoiceOrders } from "./handler.ts";

export const ORDERS = 3_000;

export function run(msOf = endOfMonthMs, timeoutMs = 900_000) {
  return simulatedDay(
    (world): SimulatedHandler => {
      const handler = invoiceOrders(invoiceService(world, msOf), world.driver);
      return async (event: never, context) => {
        const answer = await handler(event, context);
        if (typeof answer !== "string") return answer;
        return { status: "done", run: "", hop: 0, message: answer, result: answer };
      };
    },
    { event: { orders: ORDERS }, timeoutMs },
  );
}

export default async () => invoiceHistory(await run(), ORDERS, "a budget that learns");
