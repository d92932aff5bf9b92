import { ConfigError } from "../errors.ts";
import { optionsOf } from "../handler-options.ts";
import type { Outcome } from "../recursion/outcome.ts";
import type { Container, SimulatedHandler, SimulatedInvocation } from "./container.ts";
import type { QueuedEvent } from "./queue.ts";
import type { VirtualTimer } from "./timeline.ts";
import { placeOf, type World } from "./world.ts";

/** How the simulated platform treats the function. */
export interface PlatformOptions {
  /** Name of the function. */
  readonly name: string;
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

/** Lambda in virtual time, for one function: containers, timeouts that kill, freezing, retries. */
export class Platform {
  readonly #world: World;
  readonly #options: PlatformOptions;
  readonly #containers: Container[] = [];
  readonly #running = new Map<SimulatedInvocation, Running>();
  /** The event of each job that was delivered last. */
  readonly #latest = new Map<number, QueuedEvent>();
  #starting = 0;
  #version = 1;

  constructor(world: World, options: PlatformOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** Whether any invocation starts or runs, given up or not. */
  get isBusy(): boolean {
    return this.#starting > 0 || this.#containers.some(({ running }) => running.size > 0);
  }

  /** The invocation of a job that began last and still runs. */
  runningOf(job: number): SimulatedInvocation | undefined {
    return [...this.#running.keys()].findLast((invocation) => invocation.job === job);
  }

  /** Delivers the event of a job that it delivered last once more; `false` if there was none. */
  deliverAgain(job: number): boolean {
    const event = this.#latest.get(job);
    if (event) this.deliver(event);
    return event !== undefined;
  }

  /** A new version takes the events that are for none in particular; what runs ends on the old one. */
  deploy(): void {
    this.#version++;
  }

  /** Finds a container for an event and starts the invocation there. */
  deliver(event: QueuedEvent): void {
    const world = this.#world;
    const { timeline } = world;
    const { maxContainers, invocationsPerContainer, load } = this.#options;
    this.#latest.set(event.job, event);
    const { version = this.#version } = event;
    const ofVersion = this.#containers.filter((each) => each.version === version);
    const free = ofVersion.filter(({ running }) => running.size < invocationsPerContainer);
    const others = this.#containers.filter((each) => each.version !== version);
    const idle = [...free, ...others].find(({ running }) => running.size === 0);
    const isAtMost = this.#containers.length + this.#starting >= maxContainers;
    const isFull = free.length === 0 && isAtMost && !idle;
    const { job, hop } = event;
    if (isFull || world.strikes("throttled")) {
      world.fault({ job, hop }, "throttled", isFull ? "no free container" : "");
      timeline.await(world.random.between([1_000, 5_000]), () => this.deliver(event));
      return;
    }
    const isCold = free.length === 0 || (world.strikes("coldStart") && (!isAtMost || idle !== undefined));
    if (!isCold) {
      this.#start(event, world.random.pick(free), false);
      return;
    }
    if (isAtMost) idle?.die(); // makes room for the new one
    this.#starting++;
    timeline.await(world.random.between(world.parts.latencies.coldStart), async () => {
      const container = world.newContainer({ version, onGone: (gone) => this.#gone(gone) });
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
    const { name, timeoutMs, memoryMb } = this.#options;
    const invocation: SimulatedInvocation = {
      id: ++world.stats.invocations,
      job: event.job,
      hop: event.hop,
      container,
      requestId: event.requestId,
      deadlineMs: timeline.nowMs + timeoutMs,
      clockOffsetMs: container.clockOffsetMs,
      awaits: 0,
      hasSettled: false,
      isReported: false,
      signal: undefined,
      atEnd: [],
    };
    container.running.add(invocation);
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
        offsetMs: invocation.clockOffsetMs,
        isCold,
        version: container.version,
      });
      const context = {
        awsRequestId: event.requestId,
        invokedFunctionArn: arnOf(name, event.version ?? "live"),
        functionVersion: String(container.version),
        memoryLimitInMB: String(memoryMb),
        // Lambda's runtime takes the deadline from the platform, and the time from the machine's clock.
        getRemainingTimeInMillis: () =>
          invocation.deadlineMs + invocation.clockOffsetMs - (timeline.nowMs + container.clockOffsetMs),
      };
      const handle = () => container.handler!(JSON.parse(event.payload) as never, context);
      // Only a handler of ours waits for nothing but its host and the user's functions.
      world
        .runAs({ world, invocation }, () =>
          optionsOf(container.handler!) ? handle() : world.callUser("The handler", handle),
        )
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
    const isHandlerFirst = world.coin();
    if (isHandlerFirst) call();
    for (const timer of due) timeline.revive(timer);
    if (!isHandlerFirst) timeline.schedule(0, call, container);
  }

  #returned(invocation: SimulatedInvocation, outcome: Outcome<unknown>): void {
    if (invocation.container.isGone) return;
    if (!isOutcome(outcome)) this.#world.timeline.fail(notAnOutcome(outcome));
    settle(invocation);
    const isLate = invocation.isReported;
    const why = outcome.status === "duplicate" ? outcome.refusal : outcome.message;
    this.#world.note(placeOf(invocation), { type: "returned", status: outcome.status, why, isLate });
    const event = this.#report(invocation);
    this.#leave(invocation);
    if (event) this.#options.onReturned(event, outcome);
  }

  #threw(invocation: SimulatedInvocation, thrown: unknown): void {
    if (invocation.container.isGone) return;
    settle(invocation);
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
    if (isKilledAtTimeout) invocation.container.die();
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
    container.isStalled = false;
    this.#world.note({ container: container.id }, { type: "frozen" });
  }

  /** A process died: whatever ran in it has failed. */
  #gone(container: Container): void {
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

/** The ARN by which a simulated function is invoked. */
function arnOf(name: string, qualifier: string | number): string {
  return `arn:aws:lambda:eu-central-1:000000000000:function:${name}:${qualifier}`;
}

/** The function in an ARN: its name, and its version if the ARN names one. */
export function functionIn(arn: string): Pick<QueuedEvent, "to" | "version"> {
  const [to = "", qualifier = ""] = arn.split(":").slice(6);
  return { to, ...(/^\d+$/.test(qualifier) && { version: Number(qualifier) }) };
}

function settle(invocation: SimulatedInvocation): void {
  invocation.hasSettled = true;
  for (const end of invocation.atEnd) end();
}

function isOutcome(answer: unknown): boolean {
  const { status, message } = Object(answer) as { readonly status?: unknown; readonly message?: unknown };
  return typeof status === "string" && typeof message === "string";
}

function notAnOutcome(answer: unknown): ConfigError {
  const found = JSON.stringify(answer) ?? String(answer);
  return new ConfigError(
    `The handler answered ${found.slice(0, 100)}, which is no outcome of recursive(). Simulate the handler that recursive() made, and not one that wraps it, such as sqsHandler()'s or middy's.`,
  );
}
