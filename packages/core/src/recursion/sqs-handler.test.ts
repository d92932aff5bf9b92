import { describe, expect, it } from "vitest";
import { invocation, manualHost } from "../../test/manual-host.ts";
import { FailRunError } from "../errors.ts";
import type { InvocationContext } from "../options.ts";
import type { Outcome } from "./outcome.ts";
import { runIdOf } from "./run-id.ts";
import { sqsHandler } from "./sqs-handler.ts";

const outcome = { run: "run-1", hop: 0, message: "" };

const reason = { code: "NO_ORDER", message: "There is no order 7." };

function records(...bodies: string[]) {
  return { Records: bodies.map((body, i) => ({ messageId: `m-${i}`, body })) };
}

async function deliver(
  event: ReturnType<typeof records>,
  handler: (event: object, context: InvocationContext) => Promise<Outcome>,
) {
  const errors: unknown[] = [];
  const handle = sqsHandler(handler as never, { onError: (_, error) => errors.push(error) });
  const { batchItemFailures } = await handle(event, invocation(manualHost(), 1_000));
  return { failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), errors };
}

describe("sqsHandler answers for each message whether the queue is done with it", () => {
  it.each<[string, Outcome, string[]]>([
    ["handed off", { ...outcome, status: "continued" }, []],
    ["done", { ...outcome, status: "done", result: 1 }, []],
    ["stopped", { ...outcome, status: "stopped", reason: { code: "MAX_HOPS", message: "" } }, []],
    ["a duplicate of a run that is further on", { ...outcome, status: "duplicate", refusal: "older" }, []],
    ["a duplicate of a run that is over", { ...outcome, status: "duplicate", refusal: "over" }, []],
    ["paused", { ...outcome, status: "paused", reason: { code: "STALLED", message: "" } }, []],
    // Until the queue moves it to its DLQ; nothing is repeated.
    ["failed", { ...outcome, status: "failed", reason }, ["m-0"]],
    [
      "a duplicate of a run that failed",
      { ...outcome, status: "duplicate", refusal: "over", phase: "failed" },
      ["m-0"],
    ],
    // The other delivery may be dead: if this one were deleted, nobody would have the message.
    ["a duplicate of a hop that runs", { ...outcome, status: "duplicate", refusal: "lease-live" }, ["m-0"]],
  ])("%s", async (_, answer, failed) => {
    expect((await deliver(records("{}"), async () => answer)).failed).toEqual(failed);
  });

  it("and one that fails does not fail the others", async () => {
    const seen: unknown[] = [];
    const { failed, errors } = await deliver(records('{"n":0}', "{", '{"n":2}', '{"n":3}'), async (event) => {
      seen.push(event);
      if ((event as { n: number }).n === 2) throw new Error("boom");
      return { ...outcome, status: "done", result: 1 };
    });
    expect(failed).toEqual(["m-1", "m-2"]);
    expect(seen).toEqual([{ n: 0 }, { n: 2 }, { n: 3 }]);
    expect(errors.map(String)).toEqual([
      expect.stringContaining("EventError: The body of the message is not JSON"),
      "Error: boom",
    ]);
  });
});

describe("a message whose run failed is put into the dead-letter queue, with the reason", () => {
  const letters = async (answer: () => Promise<Outcome>, deadLetter?: () => Promise<void>) => {
    const dead: unknown[] = [];
    const errors: unknown[] = [];
    const handle = sqsHandler(answer as never, {
      onError: (_, error) => errors.push(error),
      deadLetter: deadLetter ?? (async (message, why) => void dead.push([message, why])),
    });
    const { batchItemFailures } = await handle(records("{}"), invocation(manualHost(), 1_000));
    return { dead, errors, kept: batchItemFailures.length };
  };
  const message = { messageId: "m-0", body: "{}" };

  it.each<[string, () => Promise<Outcome>, object]>([
    ["in this invocation", async () => ({ ...outcome, status: "failed", reason }), reason],
    [
      "in one before, which could not put it there",
      async () => ({ ...outcome, status: "duplicate", refusal: "over", phase: "failed", reason }),
      reason,
    ],
    [
      "before it had a record",
      () => Promise.reject(new FailRunError("no", { code: "NO" })),
      { code: "NO", message: "no" },
    ],
  ])("%s", async (_, answer, why) => {
    expect(await letters(answer)).toMatchObject({ dead: [[message, why]], kept: 0 });
  });

  it("but not where it may pass", async () => {
    expect(await letters(() => Promise.reject(new Error("boom")))).toMatchObject({ dead: [], kept: 1 });
    expect(await letters(async () => ({ ...outcome, status: "done", result: 1 }))).toMatchObject({ dead: [], kept: 0 });
  });

  it.each<[string, () => Promise<Outcome>]>([
    ["failed", async () => ({ ...outcome, status: "failed", reason })],
    ["never began", () => Promise.reject(new FailRunError("no"))],
  ])("and stays in its queue where it cannot be put there: a run that %s", async (_, answer) => {
    const { errors, kept } = await letters(answer, () => Promise.reject(new Error("no queue")));
    expect(errors.at(-1)).toMatchObject({ message: "no queue" });
    expect(kept).toBe(1);
  });

  it("and the handler is told that its outcome is read: it need not fail", async () => {
    const seen: InvocationContext[] = [];
    await deliver(records("{}"), async (_, context) => {
      seen.push(context);
      return { ...outcome, status: "done", result: 1 };
    });
    expect(seen[0]).toMatchObject({ readsOutcome: true });
  });
});

describe("each message is a run of its own", () => {
  it("whose id is the message's, for a redelivery has another request id", async () => {
    const ids: string[] = [];
    await deliver(records('{"a":1}', '{"a":1}'), async (event, context) => {
      ids.push(runIdOf(event as never, context.awsRequestId, context.causeId));
      expect(context.getRemainingTimeInMillis()).toBe(1_000);
      return { ...outcome, status: "done", result: 1 };
    });
    expect(ids).toEqual(["sqs:m-0", "sqs:m-1"]);
  });

  it("with a context that is an object of a class", async () => {
    const host = manualHost();
    class Context {
      readonly awsRequestId = "r";
      #endMs = host.nowMs + 500;
      getRemainingTimeInMillis() {
        return this.#endMs - host.nowMs;
      }
    }
    const handle = sqsHandler(async (_: never, context) => {
      expect(context.getRemainingTimeInMillis()).toBe(500);
      return { ...outcome, status: "done", result: 1 };
    });
    expect(await handle(records("{}"), new Context() as unknown as InvocationContext)).toEqual({
      batchItemFailures: [],
    });
  });
});

it.each([{}, { Records: {} }, null, undefined])("an event that is no batch is refused: %j", async (event) => {
  const handle = sqsHandler(async () => ({ ...outcome, status: "done", result: 1 }));
  await expect(handle(event as never, invocation(manualHost(), 1_000))).rejects.toMatchObject({ code: "EVENT" });
});
