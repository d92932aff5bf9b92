import type { HandOffDriver } from "@longhaul/core";
import { sleepFor } from "@longhaul/core/sleep";
import type { LoadHandler, SimulatedHost } from "@longhaul/core/testing";
import { invoiceOrders as byLoop } from "../../samples/tutorial/01-out-of-time/handler.ts";
import { invoiceOrders as byPosition } from "../../samples/tutorial/02-recursion/handler.ts";
import { invoiceOrders as byWatchdog } from "../../samples/tutorial/04-watchdog/by-hand.ts";
import { invoiceOrders as forgetful } from "../../samples/tutorial/07-guards/unguarded.ts";
import { plainFunction } from "../../samples/tutorial/plain-function.ts";
import type { Ask } from "./link.ts";
import { isByHand, keepsHistory, type Settings, SLEEPS, usesRecord } from "./settings.ts";
import { sendingWithin, stepTime } from "./work.ts";
import { bucketInParts, serialBucket } from "./worlds/bucket.ts";
import { loopsOfQueue } from "./worlds/loops.ts";
import { messageByHand } from "./worlds/message.ts";
import type { PlayedWork } from "./worlds/played-work.ts";
import { replacedFile } from "./worlds/replaced-file.ts";
import type { Tell } from "./worlds/tell.ts";

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
const LOOP_DETECTION_LIMIT = 16;
const HEARTBEAT_MS = 5_000;
/** How long a process that is frozen by hand stays so. */
export const FREEZE_MS = 180_000;
/** Hops whose states are kept, where a history is. */
const KEPT_HOPS = 20;
const DAY_MS = 24 * 3_600_000;
/** A run by hand has no guards: nobody looks at it for longer. */
const UNGUARDED_MS = 3 * 3_600_000;

/** The simulation of a play. */
export function simulationOf(
  settings: Settings,
  asks: readonly Ask[],
  tell: Tell,
): PlayedWork & { readonly seed: number } {
  const { seed, items, timeoutS, memoryMb, loopDetection } = settings;
  return {
    seed,
    timeoutMs: timeoutS * 1_000,
    memoryMb,
    store: usesRecord(settings),
    redrive: false,
    tracesSteps: false,
    maxContainers: 50,
    faultsForMs: Number.MAX_SAFE_INTEGER,
    faults: {
      from: "calm",
      coldStart: 0.02,
      crash: settings.crash / 100,
      stalls: settings.freezes / 100,
      stuckStep: settings.hangs / 100,
      duplicated: settings.twice / 100,
      handOffLost: settings.lost / 100,
      throttled: settings.throttled / 100,
      storeFailsAfter: settings.storeLost / 100,
    },
    limitMs: isByHand(settings) ? Math.max(UNGUARDED_MS, items * settings.stepMs * 3) : 30 * DAY_MS,
    env: { LONGHAUL_RECURSIVE_LOOP: loopDetection ? "Terminate" : "Allow" },
    outside: asks.map((ask) => ({ ...ask, forMs: FREEZE_MS })),
    ...(loopDetection && isByHand(settings) && { driver: dropsLoops }),
    ...workOf(settings, tell),
  };
}

/** Lambda's loop detection: an event is confirmed, and not delivered. */
function dropsLoops(plain: HandOffDriver): HandOffDriver {
  return {
    ...plain,
    async send(message, signal) {
      if (message.hop < LOOP_DETECTION_LIMIT) await plain.send(message, signal);
    },
  };
}

/** The work that is simulated: the function, its event, and the services beside it. */
function workOf(settings: Settings, tell: Tell): PlayedWork {
  switch (settings.code) {
    case "file-position":
    case "file-etag":
      return replacedFile(settings, tell);
    case "bucket-counter":
    case "bucket-token":
      return serialBucket(settings);
    case "bucket-parts":
      return bucketInParts(settings);
    case "message":
      return messageByHand(settings, tell);
    case "loops":
      return loopsOfQueue(settings, tell);
    default:
      return { event: { orders: settings.items }, handler: functionOf(settings) };
  }
}

/** The handler: for what is written by hand, the very code of the tutorial's chapters. */
function functionOf(settings: Settings): LoadHandler {
  return (world) => {
    const send = sendingWithin(world, settings);
    switch (settings.code) {
      case "plain":
        return plainFunction(world, () => byLoop(send));
      case "position":
        return plainFunction(world, (invoke) => byPosition(send, invoke));
      case "forgets":
        return plainFunction(world, (invoke) => forgetful(send, invoke));
      case "watchdog":
        return plainFunction(world, (invoke) => byWatchdog(send, invoke, (ms, fire) => world.host.timer(ms, fire)));
      default:
        return longhaul(world, settings);
    }
  };
}

interface State {
  readonly next: number;
  /** Since version 2, which counts what it sends. */
  readonly sent?: number;
}

function longhaul(world: SimulatedHost, settings: Settings) {
  const { law, stepMs, lease, record, timeoutS, code } = settings;
  const { version } = world;
  return world.recursive<{ orders: number }, State, string>({
    state: {
      version,
      migrate: (state, from) => ({ ...(state as State), sent: from < 2 ? (state as State).next : 0 }),
    },
    time: {
      checkpointEveryMs: 5_000,
      ...(lease === "heartbeat" && record && { stepTimeoutMs: (timeoutS * 1_000) / 2 }),
    },
    guards: { maxHops: 12_000, maxDurationMs: 30 * DAY_MS, maxAttempts: 25 },
    ...(lease === "heartbeat" && record && { lease: { heartbeatMs: HEARTBEAT_MS } }),
    ...(keepsHistory(settings) && { history: { hops: KEPT_HOPS } }),
    start: () => ({ next: 0, ...(version > 1 && { sent: 0 }) }),
    async *run({ next, sent = 0 }, { event, run, signal }) {
      for (let item = next; item < event.orders; item++) {
        await world.step(stepTime(law, stepMs, world.random), { signal });
        await world.effect(`item-${item}`, item, { fence: run.fence, signal });
        const position = code === "stuck" && item >= 30 ? item : item + 1;
        const state = { next: position, ...(version > 1 && { sent: ++sent }) };
        const isRoundOver = position % SLEEPS.afterItems === 0 && position < event.orders;
        yield code === "sleeper" && isRoundOver ? sleepFor(SLEEPS.forMs, state) : state;
        if (position === item) item--;
      }
      return "all done";
    },
  });
}
