import type { SimulationResult } from "@longhaul/core/testing";
import { historyOfSimulation } from "../../../generate/simulated-history.ts";
import { written } from "../invoices.ts";
import { plainFunction } from "../plain-function.ts";
import { simulatedDay } from "../simulated-day.ts";
import { importFiles } from "./by-hand.ts";

export const RECORDS = 3_000;
/** The record that cannot be imported. */
export const BROKEN = 1_000;

/** The message of a queue whose function was invoked: SQS deletes it when that invocation succeeds. */
export interface Message {
  isDeleted: boolean;
}

export async function breaks(): Promise<SimulationResult & { readonly message: Message }> {
  const message: Message = { isDeleted: false };
  const result = await simulatedDay(
    (world) => {
      const handler = plainFunction(world, (invoke) =>
        importFiles(
          async (file, record) => {
            await world.step(2_000);
            if (record === BROKEN) throw new Error(`record ${record} of ${file} cannot be imported`);
            await world.effect(world.host.id(), record);
          },
          invoke,
          RECORDS,
        ),
      );
      return async (event: never, context) => {
        const outcome = await handler(event, context);
        message.isDeleted = true;
        return outcome;
      };
    },
    { event: { Records: [{ body: "orders.ndjson" }] } },
  );
  return { ...result, message };
}

export default async () => {
  const { message, ...result } = await breaks();
  const imported = new Set(result.effects.values.values()).size;
  const fate = message.isDeleted ? "deleted, and not in the dead-letter queue" : "still in the queue";
  return {
    ...historyOfSimulation(result, "a message"),
    check: {
      isOk: false,
      message: `${written(imported)} of ${written(RECORDS)} records imported; the message is ${fate}`,
    },
  };
};
