import type { InvocationContext } from "../src/options.ts";
import type { Inbox } from "../src/queued/inbox.ts";
import { workQueuedHop } from "../src/queued/queued-hop.ts";
import { receiveMessages } from "../src/queued/receive-messages.ts";
import { type QueueMessage, stateKey, type UploadEvent, uploadOfRun } from "../src/queued/upload-run.ts";
import type { HandOffDriver } from "../src/recursion/driver.ts";
import { recursive } from "../src/recursive.ts";
import type { RunStore } from "../src/state/run-store.ts";
import { type MessageWorld, TIMEOUT_MS } from "./message-world.ts";

/** One invocation of the function. */
export interface DyingInvocation {
  /** Works off a batch of messages; answers with the ids of those that stay. */
  messages(batch: readonly QueueMessage[]): Promise<ReadonlySet<string> | "failed">;
  /** Works off a hop. */
  event(payload: string): Promise<"over" | "failed">;
}

const EFFECT_MS = 20;
const RECORD_MS = 400;

/** An invocation that works with the app's own parts, and dies when the world wants it to, or at its timeout. */
export function invocationOf(world: MessageWorld, number: number): DyingInvocation {
  const deadlineMs = world.nowMs + TIMEOUT_MS;
  const { promise: death, resolve: die } = Promise.withResolvers<"failed">();
  let isDead = false;
  let effects = 0;

  /** Does something to the world, if nothing happens before; if something happens after, nobody hears that it was done. */
  async function effect<Answer>(act: () => Answer | Promise<Answer>, takesMs = EFFECT_MS): Promise<Answer> {
    await moment();
    await world.turn();
    world.nowMs += takesMs;
    if (world.nowMs >= deadlineMs) await gone();
    const answer = await act();
    await world.turn();
    await moment();
    return answer;
  }
  async function moment(): Promise<void> {
    if (isDead) await gone();
    const trouble = world.trouble(number, effects++);
    if (trouble === "dies") await gone();
    if (trouble === "fails") throw new Error("throttled");
  }
  function gone(): Promise<never> {
    isDead = true;
    die("failed");
    return new Promise(() => {});
  }

  const store: RunStore = {
    ...world.store,
    begin: (request) => effect(() => world.store.begin(request)),
    checkpoint: (write) => effect(() => world.store.checkpoint(write)),
    handOff: (write) => effect(() => world.store.handOff(write)),
    release: (write) => effect(() => world.store.release(write)),
    finish: (write) => effect(() => world.store.finish(write)),
    get: (run) => effect(() => world.store.get(run)),
  };
  const driver: HandOffDriver = {
    name: world.continueBy,
    maxBytes: 1_048_576,
    send: ({ payload }) =>
      effect(() => (world.continueBy === "sqs" ? world.send(payload) : world.invokeLater(payload))),
  };
  /** The key says how many records the file has, and whether one of them is not valid. */
  async function* load(from: number, run: string, key: string): AsyncGenerator<number, unknown, void> {
    const records = Number(/\d+/.exec(key)?.[0]);
    for (let record = from; record < records; record++) {
      await effect(() => world.write(run, record), RECORD_MS);
      yield record + 1;
    }
    if (key.includes("invalid")) return { status: "rejected", code: "INVALID_RECORD", message: key };
    return { status: "loaded", records, skipped: 0 };
  }
  const work = recursive<UploadEvent, number, unknown>({
    state: { key: stateKey },
    driver,
    store,
    advanced: { host: world.host },
    time: { reserveMs: 2_000 },
    runId: (event) => uploadOfRun(event).run,
    start: () => 0,
    run: (from, { run, event }) => load(from, run.id, uploadOfRun(event).file.key),
  });
  const inbox: Inbox = {
    store,
    work,
    driver,
    queue: {
      hide: (message, seconds) => effect(() => world.hide(message, seconds)),
      async deadLetter(message, { code }) {
        await effect(() => world.deadLetter(message.body, code));
        await effect(() => world.remove(message));
      },
    },
    firstLookSeconds: 30,
    lastLookSeconds: 39_600,
    maxLooks: 30,
    uploadsPerInvocation: 3,
    now: () => world.nowMs,
    log: () => {},
  };
  const context: InvocationContext = {
    awsRequestId: `request ${number}`,
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:f",
    functionVersion: "$LATEST",
    memoryLimitInMB: 128,
    getRemainingTimeInMillis: () => deadlineMs - world.nowMs,
  };

  return {
    async messages(batch) {
      const answering = receiveMessages(inbox, batch, context).then(
        ({ batchItemFailures }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
      );
      return Promise.race([death, answering]);
    },
    async event(payload) {
      const answering = workQueuedHop(inbox, JSON.parse(payload) as UploadEvent, context).then(
        () => "over" as const,
        () => "failed" as const,
      );
      return Promise.race([death, answering]);
    },
  };
}
