import type { RunEvent } from "@longhaul/core";
import { scaleByAlarms } from "../../src/alarms/scale-by-alarms.ts";
import { MessageTimeoutError } from "../../src/loop/in-flight.ts";
import { loopHandler } from "../../src/loop/loop-handler.ts";
import type { LoopTrouble } from "../../src/loop/poll-loop.ts";
import { staleAfterMs } from "../../src/polling-fleet.ts";
import { type FleetParts, resizeFleet } from "../../src/size/reconcile-fleet.ts";
import { start, stop } from "../../src/size/resize.ts";
import { restartLoops } from "../../src/size/restart-loops.ts";
import type { TokenRow } from "../../src/tokens/token-row.ts";
import { tokenRunStore } from "../../src/tokens/token-run-store.ts";
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
  /** Messages that are never done. */
  readonly isHanging?: (id: string) => boolean;
  /** Breaks the table, to see that the checks notice. */
  readonly breakTable?: (table: MemoryTokenTable) => Partial<TokenTable>;
}

export const HEARTBEAT_MS = 20_000;
export const STALE_MS = staleAfterMs(HEARTBEAT_MS);
export const RESTART_MS = 60_000;
export const IDLE_MS = 900_000;
const MESSAGE_TIMEOUT_MS = 150_000;
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
  /** How often hops were refused, or told that their run is another's, by reason. */
  readonly refusals = new Map<string, number>();
  readonly counts = {
    restarted: 0,
    heartbeats: 0,
    looks: 0,
    begun: 0,
    begins: 0,
    mostTokens: 0,
    polls: 0,
    timedOut: 0,
    endedByMissing: 0,
  };
  /** How often what went wrong in loops. */
  readonly troubles = new Map<LoopTrouble, number>();
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

  #tableOf(process: Process, invocation: () => Invocation | undefined, isLoop = true): TokenTable {
    const { world, table, live, counts } = this;
    const faults = { fails: "tableFails", lose: "answerLost" } as const;
    // recursive() makes each call of a loop again itself.
    const asked = <Answer>(act: () => Promise<Answer>, signal?: AbortSignal) =>
      world.tried(process, act, faults, { signal, attempts: isLoop ? 1 : undefined });
    return {
      get: (key, signal) => asked(() => table.get(key), signal),
      put: async (row, signal) => {
        const by = invocation();
        const { owner } = row.record;
        // As the table's own client does: a repeated write whose answer was lost is recognised.
        let written: TokenRow | undefined;
        return asked(async () => {
          const before = table.tokens.get(`${row.queueUrl} ${row.token}`);
          if (written && before?.rev === written.rev) return { ok: true, row: written };
          const answer = await table.put(row);
          if (!answer.ok) return answer;
          written = answer.row;
          counts.mostTokens = Math.max(counts.mostTokens, this.tokens.length);
          if (row.record.phase !== "running") return answer;
          if (owner === before?.record.owner) counts.heartbeats++;
          else counts.begins++;
          if (owner !== before?.record.owner && by) live.began(by, answer.row, before);
          return answer;
        }, signal);
      },
      ofQueue: (url) => asked(() => table.ofQueue(url)),
      putFleet: (row) => {
        let isWritten = false;
        return asked(async () => {
          isWritten ||= await table.putFleet(row);
          return isWritten;
        });
      },
      async *pages() {
        for await (const page of table.pages()) yield await asked(async () => page);
      },
    };
  }

  #deploy(timeoutMs: number): void {
    const { world, lambda, live, processed, counts } = this;
    const { workMs = [200, 2_000], isPoison = () => false, isHanging = () => false } = this.#options;
    lambda.deploy("loop", timeoutMs, (process, invocation) => {
      const host = world.hostOf(process);
      const queue = this.queue.of(process);
      const store = tokenRunStore(this.#tableOf(process, invocation));
      const observe = (event: RunEvent) => {
        if (event.type !== "duplicate") return;
        this.refusals.set(event.refusal, (this.refusals.get(event.refusal) ?? 0) + 1);
      };
      return loopHandler({
        store: {
          ...store,
          renew: (write, signal) => {
            counts.looks++;
            return store.renew(write, signal);
          },
        },
        host,
        observers: [{ observe }],
        waitSeconds: 20,
        heartbeatMs: HEARTBEAT_MS,
        onTrouble: (error, what) => {
          this.troubles.set(what, (this.troubles.get(what) ?? 0) + 1);
          if (error instanceof MessageTimeoutError) this.counts.timedOut++;
        },
        onQueueMissing: () => {
          this.counts.endedByMissing++;
        },
        driver: {
          name: "simulated",
          maxBytes: 1_000_000,
          send: ({ event }, signal) => {
            const by = invocation();
            return world.call(
              process,
              () => {
                if (by) live.handedOff(by);
                lambda.send("loop", event);
              },
              { fails: "invokeFails", ...(signal && { signal }) },
            );
          },
        },
        queueOf: () => ({
          capacity: 10,
          visibilitySeconds: 30,
          messageTimeoutMs: MESSAGE_TIMEOUT_MS,
          queue: {
            ...queue,
            receive: (poll) => {
              this.counts.polls++;
              return queue.receive(poll);
            },
          },
          process: async ({ messageId }, { signal }) => {
            counts.begun++;
            if (world.strikes("processorHangs") || isHanging(messageId)) await new Promise(() => {});
            const isSlow = world.strikes("processorSlow");
            const wayMs = isSlow ? ([30_000, 90_000] as const) : ([workMs[0] / 2, workMs[1] / 2] as const);
            await world.call(process, () => {}, { wayMs, signal });
            if (isPoison(messageId) || world.strikes("processorFails")) throw new Error("processor");
            processed.set(messageId, (processed.get(messageId) ?? 0) + 1);
          },
        }),
      });
    });
    const fleet = (process: Process): FleetParts => ({
      table: this.#tableOf(process, () => undefined, false),
      now: world.hostOf(process).now,
      newId: world.newId,
      starter: {
        target: "loop",
        start: (event) =>
          world
            .tried(process, () => lambda.send("loop", event), { fails: "invokeFails" })
            .then(
              () => true,
              () => false,
            ),
      },
    });
    const limits = this.#limits;
    for (const direction of ["up", "down"] as const) {
      lambda.deploy(
        `scale-${direction}`,
        60_000,
        (process) => (event) => scaleByAlarms(event, direction, { here, queues: [limits], parts: fleet(process) }),
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
        depthOf: () =>
          world.tried(process, () => (this.queue.isMissing ? "missing" : this.queue.size), { fails: "queueFails" }),
        queues: [limits],
        onError: () => {},
      });
      this.counts.restarted += report.restarted;
    });
  }
}
