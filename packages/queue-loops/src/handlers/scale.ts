import type { InvocationContext } from "@longhaul/core";
import { placeOf, type ScalingReport, scaleByAlarms } from "../alarms/scale-by-alarms.ts";
import { log } from "../log.ts";
import { parts, settings } from "./fleet-container.ts";

/** An alarm began: more loops for its queue. */
export function scaleUp(event: unknown, context: InvocationContext): Promise<readonly ScalingReport[]> {
  return scale(event, context, "up");
}

/** An alarm is over: fewer loops for its queue. */
export function scaleDown(event: unknown, context: InvocationContext): Promise<readonly ScalingReport[]> {
  return scale(event, context, "down");
}

async function scale(
  event: unknown,
  { invokedFunctionArn }: InvocationContext,
  direction: "up" | "down",
): Promise<readonly ScalingReport[]> {
  const reports = await scaleByAlarms(event, direction, placeOf(invokedFunctionArn), settings.queues, parts);
  for (const report of reports) log("INFO", `scale-${direction}`, report);
  return reports;
}
