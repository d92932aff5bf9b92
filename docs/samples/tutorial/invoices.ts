import type { SimulatedHost, SimulationResult } from "@longhaul/core/testing";
import type { RunHistory } from "../../../packages/cli/src/report/run-history.ts";
import { historyOfSimulation } from "../../generate/simulated-history.ts";

/** Sends the invoice of one order. The service knows an idempotency key again, and then sends nothing. */
export type SendInvoice = (
  order: number,
  options?: { readonly signal?: AbortSignal; readonly idempotencyKey?: string },
) => Promise<void>;

/** How long an invoice takes on a usual day, in milliseconds: about two seconds. */
export function usualMs(order: number): number {
  return 1_800 + ((order * 7_919) % 401);
}

/** At the end of the month one order in three has many pages: 4 to 16 seconds. */
export function endOfMonthMs(order: number): number {
  return order % 3 === 0 ? 4_000 + ((order * 7_919) % 12_001) : usualMs(order);
}

/** A simulated service that sends invoices. */
export function invoiceService(world: SimulatedHost, msOf: (order: number) => number = usualMs): SendInvoice {
  return async (order, { signal, idempotencyKey = world.host.id() } = {}) => {
    await world.step(msOf(order), signal && { signal });
    await world.effect(idempotencyKey, order);
  };
}

/** The invoices that the customers of the orders got. */
export interface Delivered {
  /** Invoices in all. */
  readonly invoices: number;
  /** Orders with more than one. */
  readonly several: number;
  /** Orders without one. */
  readonly none: number;
}

/** Counts the invoices of a simulation; the orders are `0` to `orders - 1` unless they are named. */
export function delivered({ effects }: SimulationResult, orders: number | readonly number[]): Delivered {
  const counts = new Map<number, number>();
  for (const order of effects.values.values()) counts.set(Number(order), (counts.get(Number(order)) ?? 0) + 1);
  const named = typeof orders === "number" ? Array.from({ length: orders }, (_, order) => order) : orders;
  return {
    invoices: effects.values.size,
    several: [...counts.values()].filter((count) => count > 1).length,
    none: named.filter((order) => !counts.has(order)).length,
  };
}

/** The run's history, checked against what the customers got. */
export function invoiceHistory(result: SimulationResult, orders: number | readonly number[], name: string): RunHistory {
  const { invoices, several, none } = delivered(result, orders);
  const count = written(typeof orders === "number" ? orders : orders.length);
  const isOk = several === 0 && none === 0;
  const verdict = isOk
    ? "each customer got one"
    : `${written(several)} customers got more than one, ${written(none)} got none`;
  const message = `${count} orders, ${written(invoices)} invoices: ${verdict}`;
  return { ...historyOfSimulation(result, name), check: { isOk, message } };
}

/** A count as the pages write it. */
export function written(count: number): string {
  return count.toLocaleString("en-US");
}
