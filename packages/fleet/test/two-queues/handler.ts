import { setTimeout as delay } from "node:timers/promises";
import { fleetSettings, invoke, type Processor, pollingFleet } from "../../src/index.ts";

/** Takes the `workMs` milliseconds of the message's JSON, and fails if it says `"fails": true`. */
const orders: Processor = async ({ messageId, body, receiveCount }, { signal }) => {
  const { workMs = 0, fails = false } = JSON.parse(body) as { workMs?: number; fails?: boolean };
  if (workMs > 0) await delay(workMs, undefined, { signal });
  if (fails) throw new Error("The message says that it fails.");
  console.log(JSON.stringify({ level: "INFO", message: "processed", messageId, receiveCount }));
};

export const { loop, start, stop, scaleUp, scaleDown, restart } = pollingFleet({
  processors: { orders, mails: invoke(process.env.MAILER_ARN) },
  ...fleetSettings(process.env),
});
