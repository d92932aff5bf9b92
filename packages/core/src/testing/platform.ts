import type { Outcome } from "../recursion/outcome.ts";
import type { Container, SimulatedHandler, SimulatedInvocation } from "./container.ts";
import type { QueuedEvent } from "./queue.ts";
import type { VirtualTimer } from "./timeline.ts";
import { placeOf, type World } from "./world.ts";

/** How the simulated platform treats the function. */
export interface PlatformOptions {
  readonly timeoutMs: number;
  /** Whether an invocation is killed with its process at the timeout; Lambda Managed Instances do not. */
  readonly isKilledAtTimeout: boolean;
  readonly maxContainers: number;
  readonly invocationsPerContainer: number;
  /** Waits before the retries of a failed event, in milliseconds. */
  readonly retryAfterMs: readonly number[];
  readonly memoryMb: number;
  /** Loads the user's module into a new container. */
  readonly load: (container: Container) => Promise<SimulatedHandler>;
  /** Sees each answer, before the retry policy does; for the caller that invokes again. */
  readonly onReturned: (event: QueuedEvent, outcome: Outcome<unknown>) => void;
  /** Sees each event that was given up. */
  readonly onFailure: (event: QueuedEvent) => void;
}

interface Running {
  readonly invocation: SimulatedInvocation;
  readonly event: QueuedEvent;
  readonly deadline: VirtualTimer;
}

const ARN = "arn:aws:lambda:eu-central-1:000000000000:function:simulated:live";

/** Lambda in virtual time: containers, timeouts that kill, freezing, retries. */
export class Platform {
  readonly #world: World;
  readonly #options: PlatformOptions;
  readonly #containers: Container[] = [];
  readonly #running = new Map<SimulatedInvocation, Running>();
  #starting = 0;
  #invocations = 0;

  constructor(world: World, options: PlatformOptions) {
    this.#world = world;
    this.#options = options;
    world.onGone = (container) => this.#gone(container);
  }

  /** Whether any invocation starts or runs, given up or not. */
  get isBusy(): boolean {
    return this.#starting > 0 || this.#containers.some(({ running }) => running.size > 0);
  }

  /** Finds a container for an event and starts the invocation there. */
  deliver(event: QueuedEvent): void {
    const world = this.#world;
    const { timeline } = world;
    const { maxContainers, invocationsPerContainer, load } = this.#options;
    const free = this.#containers.filter(({ running }) => running.size < invocationsPerContainer);
    const isFull = free.length === 0 && this.#containers.length + this.#starting >= maxContainers;
    const { job, hop } = event;
    if (isFull || world.strikes("throttled")) {
      world.fault({ job, hop }, "throttled", isFull ? "no free container" : "");
      timeline.await(world.random.between([1_000, 5_000]), () => this.deliver(event));
      return;
    }
    const warm = free.length > 0 && !world.strikes("coldStart") ? world.random.pick(free) : undefined;
    if (warm) {
      this.#start(event, warm, false);
      return;
    }
    this.#starting++;
    timeline.await(world.random.between(world.parts.latencies.coldStart), async () => {
      const container = world.newContainer();
      try {
        container.handler = await timeline.hold(load(container));
      } catch (error) {
        return timeline.fail(error);
      }
      this.#starting--;
      this.#containers.push(container);
      this.#start(event, container, true);
    });
  }

  #start(event: QueuedEvent, container: Container, isCold: boolean): void {
    const world = this.#world;
    const { timeline } = world;
    const { timeoutMs, memoryMb } = this.#options;
    const invocation: SimulatedInvocation = {
      id: ++this.#invocations,
      job: event.job,
      hop: event.hop,
      container,
      requestId: event.requestId,
      deadlineMs: timeline.nowMs + timeoutMs,
      awaits: 0,
      hasSettled: false,
      isReported: false,
    };
    container.running.add(invocation);
    world.stats.invocations++;
    world.stats.grantedMs += timeoutMs;
    const deadline = timeline.await(timeoutMs, () => this.#timeout(invocation));
    this.#running.set(invocation, { invocation, event, deadline });
    const call = () => {
      if (container.isGone) return;
      world.note(placeOf(invocation), {
        type: "invoked",
        requestId: event.requestId,
        retry: event.retry,
        deadlineAt: world.atMs + timeoutMs,
        isCold,
      });
      const context = {
        awsRequestId: event.requestId,
        invokedFunctionArn: ARN,
        functionVersion: "1",
        memoryLimitInMB: String(memoryMb),
        getRemainingTimeInMillis: () => invocation.deadlineMs - timeline.nowMs,
      };
      world
        .runIn(invocation, () => container.handler!(JSON.parse(event.payload) as never, context))
        .then(
          (outcome) => this.#returned(invocation, outcome),
          (error: unknown) => this.#threw(invocation, error),
        );
    };
    if (!container.isFrozen) {
      call();
      return;
    }
    // What came due while the container was frozen fires at once: before the handler gets the event, or just after.
    const due = container.thaw();
    world.note(placeOf(invocation), { type: "thawed", dueTimers: due.length });
    const isHandlerFirst = world.random.chance(0.5);
    if (isHandlerFirst) call();
    for (const timer of due) timeline.revive(timer);
    if (!isHandlerFirst) timeline.schedule(0, call, container);
  }

  #returned(invocation: SimulatedInvocation, outcome: Outcome<unknown>): void {
    if (invocation.container.isGone) return;
    invocation.hasSettled = true;
    const isLate = invocation.isReported;
    const why = outcome.status === "duplicate" ? outcome.refusal : outcome.message;
    this.#world.note(placeOf(invocation), { type: "returned", status: outcome.status, why, isLate });
    const event = this.#report(invocation);
    this.#leave(invocation);
    if (event) this.#options.onReturned(event, outcome);
  }

  #threw(invocation: SimulatedInvocation, thrown: unknown): void {
    if (invocation.container.isGone) return;
    invocation.hasSettled = true;
    const error = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    this.#world.note(placeOf(invocation), { type: "threw", error, isLate: invocation.isReported });
    const event = this.#report(invocation);
    this.#leave(invocation);
    if (event) this.#retry(event);
  }

  #timeout(invocation: SimulatedInvocation): void {
    const { isKilledAtTimeout } = this.#options;
    this.#world.stats.timeouts++;
    this.#world.note(placeOf(invocation), { type: "timed-out", isKilled: isKilledAtTimeout });
    const event = this.#report(invocation);
    if (isKilledAtTimeout) this.#gone(invocation.container);
    if (event) this.#retry(event);
  }

  /** Takes an invocation off the platform's hands, once; answers with its event. */
  #report(invocation: SimulatedInvocation): QueuedEvent | undefined {
    const running = this.#running.get(invocation);
    if (!running) return undefined;
    invocation.isReported = true;
    this.#running.delete(invocation);
    this.#world.timeline.cancel(running.deadline);
    return running.event;
  }

  /** A container with nothing to do is frozen, where the platform freezes. */
  #leave(invocation: SimulatedInvocation): void {
    const { container } = invocation;
    container.running.delete(invocation);
    if (container.running.size > 0 || !this.#options.isKilledAtTimeout) return;
    container.isFrozen = true;
    this.#world.note({ container: container.id }, { type: "frozen" });
  }

  /** A process died: whatever ran in it has failed. */
  #gone(container: Container): void {
    container.isGone = true;
    const index = this.#containers.indexOf(container);
    if (index >= 0) this.#containers.splice(index, 1);
    for (const invocation of container.running) {
      const event = this.#report(invocation);
      if (event) this.#retry(event);
    }
    container.running.clear();
  }

  #retry(event: QueuedEvent): void {
    const world = this.#world;
    const waitMs = this.#options.retryAfterMs[event.retry];
    if (waitMs === undefined) {
      world.note({ job: event.job, hop: event.hop }, { type: "on-failure" });
      this.#options.onFailure(event);
      return;
    }
    const delayMs = waitMs * world.random.between([0.9, 1.2]);
    world.timeline.await(delayMs, () => this.deliver({ ...event, retry: event.retry + 1 }));
  }
}
