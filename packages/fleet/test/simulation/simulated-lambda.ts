import type { InvocationContext } from "@longhaul/core";
import type { Process, World } from "./world.ts";

/** A function's module, loaded into a process. */
export type LoadFunction = (
  process: Process,
  call: () => Invocation | undefined,
) => (event: never, context: InvocationContext) => Promise<unknown>;

/** One invocation. */
export interface Invocation {
  readonly id: number;
  readonly functionName: string;
  readonly process: Process;
  hasEnded: boolean;
}

interface Environment {
  readonly process: Process;
  readonly handler: ReturnType<LoadFunction>;
  current: Invocation | undefined;
}

const RETRY_AFTER_MS = [60_000, 120_000];

/** Lambda: asynchronous events at least once, two retries, processes that freeze, and die at the timeout. */
export class SimulatedLambda {
  readonly #world: World;
  readonly #functions = new Map<string, { load: LoadFunction; timeoutMs: number; idle: Environment[] }>();
  #invocations = 0;
  onEnd: (invocation: Invocation) => void = () => {};

  constructor(world: World) {
    this.#world = world;
  }

  deploy(name: string, timeoutMs: number, load: LoadFunction): void {
    this.#functions.set(name, { load, timeoutMs, idle: [] });
  }

  /** Takes an event. What it is lost or doubled by strikes behind the confirmation. */
  send(name: string, event: object, loseable = true): void {
    const world = this.#world;
    if (loseable && world.strikes("eventLost")) return;
    const times = world.strikes("eventDoubled") ? 2 : 1;
    for (let at = 0; at < times; at++) {
      const lateMs = world.strikes("eventLate") ? world.random.between([1_000, 60_000]) : 0;
      world.time.after(world.random.between([5, 50]) + lateMs, () => this.#run(name, JSON.stringify(event), 0));
    }
  }

  #run(name: string, payload: string, retry: number): void {
    const { time, random } = this.#world;
    const deployed = this.#functions.get(name);
    if (!deployed) throw new Error(`no function ${name}`);
    // A process dies in an invocation only, so what is idle lives.
    const warm = random.chance(0.8) ? deployed.idle.pop() : undefined;
    if (warm) time.thaw(warm.process);
    const environment = warm ?? this.#environment(deployed.load);
    const { process, handler } = environment;
    const invocation: Invocation = { id: ++this.#invocations, functionName: name, process, hasEnded: false };
    environment.current = invocation;
    const deadlineMs = time.nowMs + deployed.timeoutMs;
    const end = (failed: boolean) => {
      if (invocation.hasEnded) return;
      invocation.hasEnded = true;
      environment.current = undefined;
      process.onGone = undefined;
      this.onEnd(invocation);
      const waitMs = RETRY_AFTER_MS[retry];
      if (failed && waitMs !== undefined) time.after(waitMs, () => this.#run(name, payload, retry + 1));
      if (process.isGone) return;
      process.isFrozen = true;
      deployed.idle.push(environment);
    };
    process.onGone = () => end(true);
    time.after(deployed.timeoutMs, () => {
      if (!invocation.hasEnded) this.#world.kill(process);
    });
    const context = {
      awsRequestId: `request-${invocation.id}`,
      invokedFunctionArn: `arn:aws:lambda:eu-central-1:123456789012:function:${name}`,
      functionVersion: "1",
      memoryLimitInMB: "256",
      getRemainingTimeInMillis: () => deadlineMs - time.nowMs,
    };
    handler(JSON.parse(payload) as never, context).then(
      () => end(false),
      () => end(true),
    );
  }

  #environment(load: LoadFunction): Environment {
    const process = this.#world.newProcess();
    const environment: Environment = {
      process,
      handler: load(process, () => environment.current),
      current: undefined,
    };
    return environment;
  }
}
