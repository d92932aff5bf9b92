import type { SimulatedInvocation } from "./container.ts";
import type { Sender } from "./trace.ts";
import { placeOf, type World } from "./world.ts";

/** An event on its way to the function. */
export interface QueuedEvent {
  readonly payload: string;
  /** Name of the function it is for. */
  readonly to: string;
  /** Version of the function it is for. Default: the one that is deployed. */
  readonly version?: number;
  readonly job: number;
  /** The hop it is for. */
  readonly hop: number;
  /** The same for every retry and duplicate of it. */
  readonly requestId: string;
  /** Retries of it so far. */
  readonly retry: number;
}

/** The platform's queue of asynchronous events: at least once, sometimes late, in no order. */
export interface Queue {
  enqueue(event: QueuedEvent, by: Sender, from?: SimulatedInvocation): void;
}

/** Makes the queue; `deliver` starts an invocation. A function that is not there is refused, as Lambda does. */
export function asynchronousQueue(
  world: World,
  isFunction: (name: string) => boolean,
  deliver: (event: QueuedEvent) => void,
): Queue {
  const { latencies } = world.parts;
  return {
    enqueue(event, by, from) {
      const { job, hop, to } = event;
      if (!isFunction(to)) {
        const $metadata = { httpStatusCode: 404 };
        throw Object.assign(new Error(`Function not found: ${to}`), { name: "ResourceNotFoundException", $metadata });
      }
      const isDuplicated = world.strikes("duplicated");
      world.note({ ...placeOf(from), job }, { type: "sent", by, forHop: hop, deliveries: isDuplicated ? 2 : 1 });
      let delayMs = world.random.between(latencies.queue);
      if (world.strikes("delayed")) {
        delayMs += world.random.between(latencies.late);
        world.fault({ job, hop }, "delayed", `${Math.round(delayMs)} ms`);
      }
      world.timeline.await(delayMs, () => deliver(event));
      if (!isDuplicated) return;
      const apartMs = world.coin() ? world.random.between([0, 100]) : world.random.between(latencies.late);
      world.fault({ job, hop }, "duplicated", `${Math.round(apartMs)} ms later`);
      world.timeline.await(delayMs + apartMs, () => deliver(event));
    },
  };
}
