import type { InvocationContext } from "@longhaul/core";
import { placeOf, type ScalingReport, scaleByAlarms } from "../alarms/scale-by-alarms.ts";
import { log } from "../log.ts";
import { fleetContainer } from "./fleet-container.ts";

const { settings, parts } = fleetContainer();

/** An alarm began: more loops for its queue. */
export async function handler(event: unknown, context: InvocationContext): Promise<readonly ScalingReport[]> {
  const here = placeOf(context.invokedFunctionArn);
  const reports = await scaleByAlarms(event, "up", here, settings.queues, parts);
  for (const report of reports) log("INFO", "scale-up", report);
  return reports;
}
