import { type FleetReport, resizeFleet } from "../fleet/reconcile-fleet.ts";
import * as resizing from "../fleet/resize.ts";
import { startRequestOf } from "../fleet/start-request.ts";
import { log } from "../log.ts";
import { parts, settings } from "./fleet-container.ts";

/** Brings a queue, or all, to its least number of loops or to so many as are asked for: `{ queueUrl?, loops? }`. */
export function start(event: unknown): Promise<readonly FleetReport[]> {
  return resize(event, "start");
}

/** Lets each loop of a queue, or of all, finish the messages it has and end: `{ queueUrl? }`. */
export function stop(event: unknown): Promise<readonly FleetReport[]> {
  return resize(event, "stop");
}

async function resize(event: unknown, what: "start" | "stop"): Promise<readonly FleetReport[]> {
  const { queueUrl, loops } = startRequestOf(
    event,
    settings.queues.map((queue) => queue.queueUrl),
  );
  const reports: FleetReport[] = [];
  for (const queue of settings.queues) {
    if (queueUrl !== undefined && queueUrl !== queue.queueUrl) continue;
    const report = await resizeFleet(parts, queue.queueUrl, queue.minLoops, (fleet, writing) =>
      what === "stop" ? resizing.stop(fleet, writing) : resizing.start(fleet, loops, queue, writing),
    );
    log("INFO", what, report);
    reports.push(report);
  }
  return reports;
}
