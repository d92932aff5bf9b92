import { describe, expect, it } from "vitest";
import { nothing, settle, setUpMappings } from "../../test/mapping-testbed.ts";
import { AccessDenied } from "../gateway/service.ts";
import { LambdaError } from "../lambda/lambda-error.ts";

describe("a mapping", () => {
  it("that is disabled leaves messages where they are, finishes what it began, and goes on when it is enabled", async () => {
    let end = () => {};
    const { batches, mappings, send, counts, map } = setUpMappings(
      () =>
        new Promise((resolve) => {
          end = () => resolve({});
        }),
    );
    const { uuid } = map();
    send("a");
    await settle();
    mappings.update(uuid, { isEnabled: false });
    send("b");
    await settle();
    expect(counts()).toEqual({ ...nothing, visible: 1, inFlight: 1 });
    end();
    await settle();
    expect(counts()).toEqual({ ...nothing, visible: 1 });
    await mappings.idle();
    mappings.update(uuid, { isEnabled: true });
    await settle();
    end();
    await settle();
    expect(batches).toEqual([["a"], ["b"]]);
    expect(counts()).toEqual(nothing);
  });

  it("whose queue has gone says so, and works when it is there again", async () => {
    const { sqs, clock, mappings, problems, batches, map } = setUpMappings();
    const { uuid } = map();
    await settle();
    sqs.queues.delete("work");
    await settle();
    clock.advance(60_000);
    await settle();
    expect(problems).toEqual([expect.stringContaining("does not exist")]);
    expect(mappings.get(uuid).problem).toContain("does not exist");
    sqs.sendMessage(sqs.createQueue("work").arn, "a");
    clock.advance(5_000);
    await settle();
    expect(batches).toEqual([["a"]]);
    expect(mappings.get(uuid).problem).toBeUndefined();
  });

  it("does nothing while nothing comes: one timer, for the end of the long poll", async () => {
    const { permissions, clock, map } = setUpMappings();
    map();
    await settle();
    permissions.clear();
    clock.advance(19_999);
    await settle();
    expect(permissions.size).toBe(0);
    clock.advance(1);
    await settle();
    expect(permissions.size).toBe(1);
  });

  it.each<[string, object, string]>([
    ["a batch of none", { batchSize: 0 }, "BatchSize is 0"],
    ["a large batch without a window", { batchSize: 11 }, "window in seconds must be greater than 0"],
    ["a window of ten minutes", { maximumBatchingWindowSeconds: 600 }, "MaximumBatchingWindowInSeconds is 600"],
    ["a concurrency of one", { maximumConcurrency: 1 }, "MaximumConcurrency is 1"],
  ])("with %s is refused", (_, settings, message) => {
    const { map } = setUpMappings();
    expect(() => map(settings)).toThrow(message);
  });

  it("is refused where the queue shows messages again before the function is over", () => {
    const { sqs, map } = setUpMappings();
    sqs.queues.setAttributes(sqs.queues.get("work"), { VisibilityTimeout: "4" });
    expect(() => map()).toThrow("Queue visibility timeout: 4 seconds is less than Function timeout: 5 seconds");
  });

  it("is refused where there is one already, no queue, or no permission to poll it", () => {
    const { mappings, map } = setUpMappings();
    map();
    expect(() => map()).toThrow(LambdaError);
    const missing = "arn:aws:sqs:us-east-1:000000000000:missing";
    expect(() => mappings.create(missing, { functionName: "work" })).toThrow("NonExistentQueue");
    const denied = setUpMappings(undefined, {
      authorize: (_, action, arn) => {
        throw new AccessDenied(action, arn, "arn:role");
      },
    });
    expect(() => denied.map()).toThrow("does not have permissions to call ReceiveMessage on SQS");
  });
});
