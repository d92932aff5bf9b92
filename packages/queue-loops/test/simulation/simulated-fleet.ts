import { scaleByAlarms } from "../../src/alarms/scale-by-alarms.ts";
import { type FleetParts, resizeFleet } from "../../src/fleet/reconcile-fleet.ts";
import { start, stop } from "../../src/fleet/resize.ts";
import { restartLoops } from "../../src/fleet/restart-loops.ts";
import { loopHandler } from "../../src/loop/loop-handler.ts";
import type { Refusal } from "../../src/tokens/token-protocol.ts";
import type { TokenRow } from "../../src/tokens/token-row.ts";
import type { TokenTable } from "../../src/tokens/token-table.ts";
import { publishedEvent } from "../alarm-events.ts";
import { type MemoryTokenTable, memoryTokenTable } from "../memory-token-table.ts";
import { LiveLoops } from "./live-loops.ts";
import { type Invocation, SimulatedLambda } from "./simulated-lambda.ts";
import { SimulatedQueue } from "./simulated-queue.ts";
import { type Faults, type Process, World } from "./world.ts";

export const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
const here = { region: "eu-central-1", accountId: "123456789012" };

/** Options of a simulated fleet. */
export interface FleetOptions {
  readonly seed: number;
  readonly faults: Faults;
  readonly limits?: { readonly minLoops: number; readonly maxLoops: number };
  /** How long a message takes, in milliseconds. */
  readonly workMs?: readonly [number, number];
  readonly timeoutMs?: number;
  /** How often a message is given out before it goes to the dead letters. Default: 5. */
  readonly maxReceiveCount?: number;
  /** Messages that always fail. */
  readonly isPoison?: (id: string) => boolean;
  /** Breaks the table, to see that the checks notice. */
  readonly breakTable?: (table: MemoryTokenTable) => Partial<TokenTable>;
}

export const HEARTBEAT_MS = 10_000;
export const STALE_MS = 60_000;
export const RESTART_MS = 60_000;
export const IDLE_MS = 900_000;
const THRESHOLDS = [50, 500, 2_000];

/** The whole app in virtual time: its own handlers on a Lambda, a table, a queue and alarms that are simulated. */
export class SimulatedFleet {
  readonly world: World;
  readonly table: MemoryTokenTable;
  readonly queue: SimulatedQueue;
  readonly lambda: SimulatedLambda;
  readonly live: LiveLoops;
  /** How often each message was processed. */
  readonly processed = new Map<string, number>();
  readonly refusals: Record<Refusal, number> = { gone: 0, ended: 0, "other-loop": 0, duplicate: 0 };
  readonly counts = { restarted: 0, heartbeats: 0, claims: 0, mostTokens: 0, polls: 0 };
  readonly #options: FleetOptions;
  readonly #limits;
  readonly #alarms = new Map(THRESHOLDS.map((threshold) => [threshold, "OK"]));

  constructor(options: FleetOptions) {
    const { seed, faults, limits = { minLoops: 1, maxLoops: 6 }, timeoutMs = 120_000 } = options;
    this.#options = options;
    this.#limits = { queueUrl, growBy: 2, cooldownMs: 30_000, ...limits };
    const table = memoryTokenTable(7);
    this.table = { ...table, ...options.breakTable?.(table) };
    this.world = new World(seed, faults);
    this.queue = new SimulatedQueue(this.world, options.maxReceiveCount ?? 5);
    this.lambda = new SimulatedLambda(this.world);
    this.live = new LiveLoops(this.world, this.table);
    this.lambda.onEnd = (invocation) => this.live.ended(invocation);
    this.#deploy(timeoutMs);
    this.#every(RESTART_MS, () => this.lambda.send("restart", {}, false));
    this.#every(60_000, () => this.#evaluateAlarms());
  }

  /** Lets time pass until something holds, at most so long. */
  async until(isOver: () => boolean, limitMs: number): Promise<void> {
    await this.world.time.run(this.world.time.nowMs + limitMs, isOver);
  }

  async pass(ms: number): Promise<void> {
    await this.until(() => false, ms);
  }

  get tokens(): TokenRow[] {
    return this.table.running(queueUrl);
  }

  start(loops?: number): void {
    this.lambda.send("start", loops === undefined ? {} : { loops }, false);
  }

  #every(periodMs: number, run: () => void): void {
    const next = () => {
      run();
      this.world.time.after(periodMs, next);
    };
    this.world.time.after(periodMs, next);
  }

  #evaluateAlarms(): void {
    for (const [threshold, before] of this.#alarms) {
      const now = this.queue.visible > threshold ? "ALARM" : "OK";
      if (now === before) continue;
      this.#alarms.set(threshold, now);
      const event = publishedEvent({
        AlarmArn: `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-${threshold}`,
        OldStateValue: before,
        NewStateValue: now,
        StateChangeTime: new Date(this.world.time.nowMs).toISOString(),
      });
      this.lambda.send(now === "ALARM" ? "scale-up" : "scale-down", event, false);
    }
  }

  #tableOf(process: Process, invocation: () => Invocation | undefined): TokenTable {
    const { world, table, live, counts } = this;
    const faults = { fail: "tableThrottled", lose: "answerLost" } as const;
    const write = <Answer>(act: () => Promise<Answer>) => world.call(process, act, faults);
    return {
      ...table,
      claim: (place, nowMs) => {
        const by = invocation();
        return write(async () => {
          const answer = await table.claim(place, nowMs);
          counts.claims++;
          if (answer.ok && by) live.began(by, place);
          return answer;
        });
      },
      beat: (place, nowMs, stats) => {
        counts.heartbeats++;
        return write(() => table.beat(place, nowMs, stats));
      },
      reopen: (place) => write(() => table.reopen(place)),
      takeOver: (seen, loopId, nowMs) => write(() => table.takeOver(seen, loopId, nowMs)),
      add: (key, loopId, nowMs) =>
        write(async () => {
          const isAdded = await table.add(key, loopId, nowMs);
          counts.mostTokens = Math.max(counts.mostTokens, this.tokens.length);
          return isAdded;
        }),
      end: (key, nowMs) => write(() => table.end(key, nowMs)),
      ofQueue: (url) => write(() => table.ofQueue(url)),
      putFleet: (row) => write(() => table.putFleet(row)),
      async *pages() {
        for await (const page of table.pages()) yield await write(async () => page);
      },
    };
  }

  #deploy(timeoutMs: number): void {
    const { world, lambda, live, processed } = this;
    const { workMs = [200, 2_000], isPoison = () => false } = this.#options;
    lambda.deploy("loop", timeoutMs, (process, invocation) => {
      const host = world.hostOf(process);
      const queue = this.queue.of(process);
      return loopHandler({
        table: this.#tableOf(process, invocation),
        host,
        observers: [],
        waitSeconds: 20,
        heartbeatEveryMs: HEARTBEAT_MS,
        onTrouble: () => {},
        onRefused: (_, refusal) => {
          this.refusals[refusal]++;
        },
        driver: {
          name: "simulated",
          maxBytes: 1_000_000,
          send: ({ event }) => {
            const by = invocation();
            return world.call(
              process,
              () => {
                if (by) live.handedOff(by);
                lambda.send("loop", event);
              },
              { fail: "invokeThrottled" },
            );
          },
        },
        queueOf: () => ({
          batchSize: 10,
          visibilitySeconds: 30,
          queue: {
            ...queue,
            receive: (poll) => {
              this.counts.polls++;
              return queue.receive(poll);
            },
          },
          process: async ({ messageId }) => {
            const isSlow = world.strikes("processorSlow");
            await world.call(process, () => {}, { wayMs: isSlow ? [30_000, 90_000] : [workMs[0] / 2, workMs[1] / 2] });
            if (isPoison(messageId) || world.strikes("processorFails")) throw new Error("processor");
            processed.set(messageId, (processed.get(messageId) ?? 0) + 1);
          },
        }),
      });
    });
    const fleet = (process: Process): FleetParts => ({
      table: this.#tableOf(process, () => undefined),
      now: world.hostOf(process).now,
      newId: world.newId,
      startLoop: (event) =>
        world
          .call(process, () => lambda.send("loop", event), { fail: "invokeThrottled" })
          .then(
            () => true,
            () => false,
          ),
    });
    const limits = this.#limits;
    for (const direction of ["up", "down"] as const) {
      lambda.deploy(
        `scale-${direction}`,
        60_000,
        (process) => (event) => scaleByAlarms(event, direction, here, [limits], fleet(process)),
      );
    }
    lambda.deploy(
      "start",
      60_000,
      (process) => (event: { loops?: number }) =>
        resizeFleet(fleet(process), queueUrl, limits.minLoops, (row, writing) =>
          start(row, event.loops, limits, writing),
        ),
    );
    lambda.deploy("stop", 60_000, (process) => () => resizeFleet(fleet(process), queueUrl, limits.minLoops, stop));
    lambda.deploy("restart", 60_000, (process) => async () => {
      if (world.isKilled) return;
      const report = await restartLoops(fleet(process), {
        staleAfterMs: STALE_MS,
        idleAfterMs: IDLE_MS,
        depthOf: () => world.call(process, () => this.queue.size),
        limitsOf: () => limits,
        onError: () => {},
      });
      this.counts.restarted += report.restarted;
    });
  }
}
