import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notification } from "../../core/test/notification.ts";
import { type FileCloud, startFileCloud } from "./file-cloud.ts";
import { ndjson, recordsIn } from "./records.ts";

const choices = [
  ["through the queue", "sqs"],
  ["by invoking the function", "lambda"],
] as const;

describe.each(choices)("a message that tells of more files than one invocation begins with, %s", (_, continueBy) => {
  let cloud: FileCloud;
  beforeAll(async () => {
    // Ten runs share an invocation. Where all of them are short of time, they are handed on more often than worked on.
    cloud = await startFileCloud({ continueBy, timeoutSeconds: 10, environment: { FIRST_LOOK_SECONDS: "1" } });
  });
  afterAll(() => cloud.stop());

  it("has the others begun so: each is loaded once, and nothing of it lands in the DLQ", async () => {
    const files = Array.from({ length: 14 }, (_, i) => ({ key: `in/many ${i}.ndjson`, sequencer: `M${i}` }));
    for (const { key } of files) await cloud.put(key, ndjson(3));
    await cloud.queueEmpty();
    await cloud.send(notification(cloud.bucket, ...files));
    await cloud.queueEmpty();
    for (const { key, sequencer } of files) {
      const runs = (await cloud.runsOf(key)).filter(({ run }) => run.endsWith(`@${sequencer}`));
      expect(runs, key).toMatchObject([{ phase: "done" }]);
      expect(await cloud.recordsOf(runs[0]?.run ?? ""), key).toEqual(recordsIn(3));
    }
    await cloud.readLetters();
    expect(cloud.letters).toEqual([]);
  });
});
