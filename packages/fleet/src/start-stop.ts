import { LonghaulError } from "@longhaul/core";
import * as v from "valibot";
import type { QueueSettings } from "./fleet-settings.ts";
import { errorFields, log } from "./log.ts";
import { type FleetParts, type FleetReport, resizeFleet } from "./size/reconcile-fleet.ts";
import { start, stop } from "./size/resize.ts";

/** A request to start or stop that cannot be carried out. */
export class StartRequestError extends LonghaulError {
  constructor(path: string, problem: string) {
    super("START_REQUEST", `${path} ${problem}`);
  }
}

const loops = ({ input }: v.BaseIssue<unknown>) => `must be a whole number above 0, not ${JSON.stringify(input)}.`;
const StartRequest = v.object({
  queueUrl: v.optional(v.string("must be the URL of a queue.")),
  loops: v.optional(v.pipe(v.number(loops), v.safeInteger(loops), v.minValue(1, loops))),
});

/** A request to start or stop: a queue (default: all), and a number of loops (default: as many as before). */
type StartRequest = v.InferOutput<typeof StartRequest>;

/**
 * Starts or stops the loops of one queue or of all: `{}`, `{ queueUrl }` or `{ queueUrl, loops }`. A queue that fails does not
 * keep the others from theirs.
 *
 * @throws {@link StartRequestError}, or the error of a queue; an `AggregateError` for several.
 */
export async function startOrStop(
  what: "start" | "stop",
  event: unknown,
  queues: readonly QueueSettings[],
  parts: FleetParts,
): Promise<readonly FleetReport[]> {
  const urls = queues.map(({ queueUrl }) => queueUrl);
  const { queueUrl: wanted, loops } = startRequestOf(event, urls);
  const reports: FleetReport[] = [];
  const errors: unknown[] = [];
  for (const queue of queues) {
    const { queueUrl, minLoops } = queue;
    if (wanted !== undefined && wanted !== queueUrl) continue;
    try {
      const report = await resizeFleet(parts, queueUrl, minLoops, (fleet, writing) =>
        what === "stop" ? stop(fleet, writing) : start(fleet, loops, queue, writing),
      );
      log("INFO", what, report);
      reports.push(report);
    } catch (error) {
      log("ERROR", `${what} failed`, { queueUrl, ...errorFields(error) });
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, errors.join("; "));
  return reports;
}

/**
 * Reads a request to start or stop.
 *
 * @throws {@link StartRequestError} with the path of the fault.
 */
export function startRequestOf(event: unknown, queueUrls: readonly string[]): StartRequest {
  const read = v.safeParse(StartRequest, event ?? {});
  if (!read.success) {
    const [issue] = read.issues;
    throw new StartRequestError(v.getDotPath(issue) ?? "The event", issue.path ? issue.message : "must be an object.");
  }
  const { queueUrl } = read.output;
  if (queueUrl !== undefined && !queueUrls.includes(queueUrl)) {
    throw new StartRequestError("queueUrl", "names no queue of the settings.");
  }
  return read.output;
}
