import type { RunRecord } from "@longhaul/core/store";
import type { LoadHandler, SimulatedHandler, SimulatedHost } from "@longhaul/core/testing";
import { loopHandler } from "../../../../packages/fleet/src/loop/loop-handler.ts";
import type { MessageQueue, QueueMessage } from "../../../../packages/fleet/src/queues/message-queue.ts";
import { type FleetParts, resizeFleet } from "../../../../packages/fleet/src/size/reconcile-fleet.ts";
import { grow, shrink, start, stop } from "../../../../packages/fleet/src/size/resize.ts";
import { restartLoops } from "../../../../packages/fleet/src/size/restart-loops.ts";
import type { LoopEvent } from "../../../../packages/fleet/src/tokens/token-row.ts";
import { tokenRunStore } from "../../../../packages/fleet/src/tokens/token-run-store.ts";
import type { TokenTable } from "../../../../packages/fleet/src/tokens/token-table.ts";
import { memoryTokenTable } from "../../../../packages/fleet/test/memory-token-table.ts";
import type { Settings } from "../settings.ts";
import { sendingWithin } from "../work.ts";
import type { PlayedWork } from "./played-work.ts";
import type { Tell } from "./tell.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/000000000000/orders";
const LIMITS = { queueUrl, minLoops: 1, maxLoops: 3, growBy: 2, cooldownMs: 30_000 };
const HEARTBEAT_MS = 5_000;
const STALE_AFTER_MS = 3 * HEARTBEAT_MS + 1_000;
const RESTART_MS = 60_000;
const ALARM_BEGINS_MS = 20_000;
const VISIBILITY_S = 30;
const WAIT_S = 10;

interface Message {
  readonly id: number;
  hiddenUntilMs: number;
  receives: number;
}

/**
 * Chapter 9: loops of `@longhaul/fleet` that poll a queue in memory, with their tokens in a table in memory. An alarm adds
 * two loops and takes their tokens again; when the queue is empty, the fleet is stopped.
 */
export function loopsOfQueue(settings: Settings, tell: Tell): PlayedWork {
  const { items, stepMs } = settings;
  const inMemory = memoryTokenTable();
  /** The simulation's records: those of the rows. */
  let records = new Map<string, RunRecord>();
  const table: TokenTable = {
    ...inMemory,
    async put(row) {
      const answer = await inMemory.put(row);
      if (answer.ok) records.set(answer.row.record.run, answer.row.record);
      return answer;
    },
  };
  const messages = new Map<string, Message>(
    Array.from({ length: items }, (_, id) => [String(id), { id, hiddenUntilMs: 0, receives: 0 }]),
  );
  const containersBeside = new Set<number>();
  let isStopAsked = false;

  const queueOf = (world: SimulatedHost): MessageQueue => ({
    async receive({ maxMessages, waitSeconds, visibilitySeconds, signal }) {
      const take = (): QueueMessage[] => {
        const nowMs = world.host.now();
        const free = [...messages].filter(([, { hiddenUntilMs }]) => hiddenUntilMs <= nowMs).slice(0, maxMessages);
        return free.map(([messageId, message]) => {
          message.hiddenUntilMs = nowMs + visibilitySeconds * 1_000;
          const receiveCount = ++message.receives;
          return { messageId, body: messageId, attributes: {}, receiveCount, receiptHandle: messageId };
        });
      };
      for (let waitedS = 0; ; waitedS++) {
        const taken = await world.call("SQS ReceiveMessage", take, { signal });
        if (taken.length > 0 || waitedS >= waitSeconds) return taken;
        await world.step(1_000, { signal });
      }
    },
    async remove(done) {
      await world.call("SQS DeleteMessage", () => done.forEach(({ messageId }) => void messages.delete(messageId)));
      if (messages.size > 0 || isStopAsked) return 0;
      isStopAsked = true;
      tell("plain", "The queue is empty. Somebody stops the fleet");
      await sendTo(world, "stop");
      return 0;
    },
    hide: (hidden, seconds) =>
      world.call("SQS ChangeMessageVisibility", () => {
        for (const { messageId } of hidden) {
          const message = messages.get(messageId);
          if (message) message.hiddenUntilMs = world.host.now() + seconds * 1_000;
        }
      }),
  });

  const loop: LoadHandler = (world) => {
    const send = sendingWithin(world, settings);
    const queue = queueOf(world);
    return loopHandler({
      store: world.store!,
      driver: world.driver,
      host: world.host,
      observers: [],
      heartbeatMs: HEARTBEAT_MS,
      waitSeconds: WAIT_S,
      onTrouble: (error, what) => tell("bad", `A loop has trouble (${what}): ${String(error)}`),
      onQueueMissing: () => {},
      queueOf: () => ({
        queue,
        capacity: 1,
        visibilitySeconds: VISIBILITY_S,
        messageTimeoutMs: Math.max(30_000, stepMs * 10),
        process: ({ messageId }, { signal }) => send(Number(messageId), { signal }),
      }),
    });
  };

  /** One of the functions beside the loops. */
  const beside =
    (act: (parts: FleetParts, world: SimulatedHost) => Promise<unknown>): LoadHandler =>
    (world): SimulatedHandler => {
      containersBeside.add(world.container);
      const target = arnOf("loop");
      const parts: FleetParts = {
        table,
        now: world.host.now,
        newId: world.host.id,
        starter: {
          target,
          start: async (event) => {
            tell("good", "A loop is started");
            await sendTo(world, "loop", event);
            return true;
          },
        },
      };
      return async () => {
        await act(parts, world);
        return { status: "done", run: "", hop: 0, message: "all done", result: undefined };
      };
    };
  const alarm = { alarmArn: "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:orders", changedAt: "" };
  const changed = (parts: FleetParts) => ({ ...alarm, changedAt: new Date(parts.now()).toISOString() });
  const resized = (parts: FleetParts, change: Parameters<typeof resizeFleet>[3]) =>
    resizeFleet(parts, queueUrl, LIMITS.minLoops, change);
  const begin = beside(async (parts, world) => {
    await resized(parts, (fleet, writing) => start(fleet, 1, LIMITS, writing));
    await sendLater(world, "restart", RESTART_MS);
  });
  const functions = {
    loop,
    grow: beside((parts) => {
      tell("plain", "The queue is long: its alarm begins, and adds two loops");
      return resized(parts, (fleet, writing) => grow(fleet, changed(parts), LIMITS, writing));
    }),
    shrink: beside((parts) => {
      tell("plain", "The alarm is over: the tokens of its loops are taken. Each finishes its message first");
      return resized(parts, (fleet, writing) => shrink(fleet, changed(parts), LIMITS, writing));
    }),
    stop: beside((parts) => resized(parts, stop)),
    restart: beside(async (parts, world) => {
      if (isStopAsked) return;
      const { restarted } = await restartLoops(parts, {
        staleAfterMs: STALE_AFTER_MS,
        idleAfterMs: Number.POSITIVE_INFINITY,
        depthOf: async () => messages.size,
        queues: [LIMITS],
        onError: () => {},
      });
      if (restarted > 0) tell("good", `restart finds ${restarted} dead loop, and puts another in its row`);
      await sendLater(world, "restart", RESTART_MS);
    }),
  };
  const alarmEndsMs = ALARM_BEGINS_MS + 0.5 * ((items * stepMs) / 3);
  return {
    handler: begin,
    functions,
    containersBeside,
    events: [
      { event: {} },
      { event: {}, to: "grow", atMs: ALARM_BEGINS_MS },
      { event: {}, to: "shrink", atMs: alarmEndsMs },
    ],
    sweeper: false,
    store: (ofSimulation: Map<string, RunRecord>) => {
      records = ofSimulation;
      return tokenRunStore(table);
    },
  };
}

function sendTo(
  { driver }: SimulatedHost,
  name: string,
  event: LoopEvent | Record<string, never> = {},
): Promise<unknown> {
  const payload = JSON.stringify(event);
  return driver.send({ run: "", hop: 0, event: { ...event }, payload, target: arnOf(name) });
}

async function sendLater({ driver, host }: SimulatedHost, name: string, delayMs: number): Promise<void> {
  const nowMs = host.now();
  await driver.sendAt?.({ run: "", hop: 0, event: {}, payload: "{}", target: arnOf(name) }, nowMs + delayMs, nowMs);
}

function arnOf(name: string): string {
  return `arn:aws:lambda:eu-central-1:000000000000:function:${name}:live`;
}
