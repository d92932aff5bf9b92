import { SQSClient } from "@aws-sdk/client-sqs";
import { answeredWithin } from "../answered-within.ts";
import { type RestartReport, restartLoops } from "../fleet/restart-loops.ts";
import { errorFields, log } from "../log.ts";
import { sqsQueueDepth } from "../queues/sqs-queue-depth.ts";
import { parts, settings } from "./fleet-container.ts";

const sqs = new SQSClient({ requestHandler: answeredWithin(5_000) });
const queues = new Map(settings.queues.map((queue) => [queue.queueUrl, queue]));

/** On a schedule: puts new loops in the place of dead ones, and corrects the number of tokens. */
export async function restart(): Promise<RestartReport | { status: "killed" }> {
  if (settings.isKilled) return { status: "killed" };
  const report = await restartLoops(parts, {
    staleAfterMs: settings.staleAfterMs,
    idleAfterMs: settings.idleAfterMs,
    depthOf: (queueUrl) => sqsQueueDepth(sqs, queueUrl),
    limitsOf: (queueUrl) => queues.get(queueUrl),
    onError: (error, queueUrl) => log("WARN", "restart failed", { queueUrl, ...errorFields(error) }),
  });
  log("INFO", "restart", report);
  return report;
}
