import type { HandOffDriver } from "../recursion/driver.ts";
import { utf8Bytes } from "../state/json.ts";
import type { Container } from "./container.ts";
import { functionIn } from "./platform.ts";
import type { Queue } from "./queue.ts";
import { type CallFate, remoteCall } from "./remote-call.ts";
import { tooLarge } from "./too-large.ts";
import type { Sender } from "./trace.ts";
import { placeOf, type World } from "./world.ts";

// An asynchronous invocation takes at most 1 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MAX_EVENT_BYTES = 1_048_576;
// As long as a message of SQS can be delayed.
const MAX_DELAY_MS = 900_000;

/** Asynchronous invoke as a container sees it: over a network, with faults. What is too large for it, it refuses. */
export function simulatedDriver(
  world: World,
  queue: Queue,
  container: Container,
  by: Sender,
  maxBytes = MAX_EVENT_BYTES,
): HandOffDriver {
  return {
    name: "simulated",
    maxBytes,
    sendAt(message, atMs, nowMs, signal) {
      if (atMs - nowMs > MAX_DELAY_MS) return Promise.resolve(false);
      const later = async () => {
        const { run, hop, payload, target } = message;
        const job = world.invocation?.job ?? world.jobOfRun.get(run) ?? 0;
        if (world.losesNext.delete(job) || world.strikes("handOffLost")) return true;
        const event = { payload, ...functionIn(target), job, hop, requestId: world.id(), retry: 0 };
        world.timeline.await(Math.max(0, atMs - nowMs), () => queue.enqueue(event, "waking"));
        return true;
      };
      return remoteCall(world, container, "driver.sendAt", sendFate(world), later, signal);
    },
    send({ run, hop, payload, target }, signal) {
      const invocation = world.invocation;
      const job = invocation?.job ?? world.jobOfRun.get(run) ?? 0;
      const fate = sendFate(world);
      const isLost = world.losesNext.delete(job) || world.strikes("handOffLost");
      const enqueue = () => {
        if (utf8Bytes(payload) > maxBytes) throw tooLarge(world, invocation, "the event", utf8Bytes(payload), maxBytes);
        if (isLost) world.note({ ...placeOf(invocation), job }, { type: "sent", by, forHop: hop, deliveries: 0 });
        else
          queue.enqueue({ payload, ...functionIn(target), job, hop, requestId: world.id(), retry: 0 }, by, invocation);
      };
      return remoteCall(world, container, "driver.send", fate, enqueue, signal);
    },
  };
}

function sendFate(world: World): CallFate {
  const { latencies } = world.parts;
  const isSlow = world.strikes("sendSlow");
  const wayMs = world.random.between(isSlow ? latencies.slow : latencies.send);
  if (world.strikes("sendThrottled")) {
    const error = Object.assign(new Error("Rate exceeded"), { name: "TooManyRequestsException" });
    return { fault: "sendThrottled", isDone: false, error, wayMs };
  }
  if (world.strikes("sendFailsAfter")) {
    return {
      fault: "sendFailsAfter",
      isDone: true,
      error: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
      wayMs,
    };
  }
  if (world.strikes("sendHangs")) {
    return { fault: "sendHangs", isDone: world.coin(), isSilent: true, wayMs };
  }
  return { fault: isSlow ? "sendSlow" : undefined, isDone: true, wayMs };
}
