import type { S3Client } from "@aws-sdk/client-s3";
import { ConfigError, type InvocationContext, memoryRunStore } from "@longhaul/core";
import { queuedRuns } from "@longhaul/core/sqs";
import { describe, expect, it } from "vitest";
import { notification } from "../../../core/test/notification.ts";
import { FaultyS3 } from "../../test/faulty-s3.ts";
import { anyObject } from "../../test/records.ts";
import type { RecordStore, StoredRecord } from "./record-store.ts";
import { type RecordsOfOptions, recordsOf } from "./records-of.ts";

const context: InvocationContext = {
  awsRequestId: "r-1",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:f",
  functionVersion: "1",
  memoryLimitInMB: 128,
  getRemainingTimeInMillis: () => 60_000,
};

describe("queuedRuns() of recordsOf()", () => {
  it("gives the valid records of a file to a store of your own, in batches, with what names them", async () => {
    const s3 = new FaultyS3();
    s3.put("in/a.ndjson", Buffer.from('{"id":1}\n{"id":2}\n{}\n{"id":4}\n'));
    const batches: StoredRecord[][] = [];
    const runs = new Set<string>();
    const store: RecordStore = async (records, { file, run, fence, signal }) => {
      batches.push([...records]);
      runs.add(`${run} ${file.key} ${fence.token} ${signal.aborted}`);
    };
    const client = s3.connect().client as S3Client;
    const work = recordsOf({ schema: anyObject, store, client, batchSize: 2, onInvalid: "skip" });
    const handler = queuedRuns(work, { store: memoryRunStore(), queueUrl: "q", deadLetterUrl: "d" });
    const message = {
      messageId: "m",
      receiptHandle: "h",
      body: notification("b", { key: "in/a.ndjson", sequencer: "1" }),
      attributes: { ApproximateReceiveCount: "1" },
    };
    expect(await handler({ Records: [message] }, context)).toEqual({ batchItemFailures: [] });
    expect(batches.map((batch) => batch.map(({ record, value }) => [record, value]))).toEqual([
      [
        [0, { id: 1 }],
        [1, { id: 2 }],
      ],
      [[3, { id: 4 }]],
    ]);
    expect([...runs]).toEqual(["s3:b/in/a.ndjson@1 in/a.ndjson 1 false"]);
  });

  it.each<[Partial<RecordsOfOptions>, string]>([
    [{ store: undefined as unknown as RecordStore }, "recordsOf() needs the function store."],
    [{ schema: {} as RecordsOfOptions["schema"] }, "recordsOf() needs a schema: a Standard Schema"],
    [{ batchSize: 0 }, "The option batchSize of recordsOf() must be a whole number above 0, not 0."],
    [{ batchsize: 1 } as object, 'recordsOf() has no option "batchsize".'],
  ])("refuses an option by name: %j", (options, text) => {
    const make = () => recordsOf({ schema: anyObject, store: async () => {}, ...options });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(text);
  });
});
