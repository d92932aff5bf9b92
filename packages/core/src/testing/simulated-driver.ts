import type { HandOffDriver } from "../recursion/driver.ts";
import type { Container } from "./container.ts";
import type { Queue } from "./queue.ts";
import { type CallFate, remoteCall } from "./remote-call.ts";
import type { Sender } from "./trace.ts";
import { placeOf, type World } from "./world.ts";

/** Asynchronous invoke as a container sees it: over a network, with faults. */
export function simulatedDriver(world: World, queue: Queue, container: Container, by: Sender): HandOffDriver {
  return {
    name: "simulated",
    maxBytes: 1_048_576,
    send({ run, hop, payload }) {
      const invocation = world.invocation;
      const job = invocation?.job ?? world.jobOfRun.get(run) ?? 0;
      const fate = sendFate(world);
      const isLost = world.strikes("handOffLost");
      return remoteCall(world, container, "driver.send", fate, () => {
        if (isLost) world.note({ ...placeOf(invocation), job }, { type: "sent", by, forHop: hop, deliveries: 0 });
        else queue.enqueue({ payload, job, hop, requestId: world.id(), retry: 0 }, by, invocation);
      });
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
    return { fault: "sendFailsAfter", isDone: true, error: new Error("socket hang up"), wayMs };
  }
  return { fault: isSlow ? "sendSlow" : undefined, isDone: true, wayMs };
}
