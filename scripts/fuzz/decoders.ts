import { gzipSync } from "node:zlib";
import { failedEventOf } from "../../packages/core/src/client/failed-event.ts";
import { uploadNewsOf } from "../../packages/core/src/news/upload-news.ts";
import { openEvent } from "../../packages/core/src/recursion/envelope.ts";
import { alarmsOf } from "../../packages/fleet/src/alarms/alarm-event.ts";
import { readXml } from "../../packages/local/src/s3/xml-reader.ts";
import { parseTemplateText } from "../../packages/local/src/template-files/template-text.ts";
import { gunzip } from "../../packages/objects/src/records/gunzip.ts";
import type { ReadOptions } from "../../packages/objects/src/records/options.ts";
import { readBatches } from "../../packages/objects/src/records/read-batches.ts";
import { cursorText, rangesOfCursor } from "../../packages/walk/src/listing/listing-cursor.ts";

/** Something that reads what others wrote. */
export interface FuzzedDecoder {
  readonly name: string;
  /** Inputs that it reads, which are then changed. */
  readonly samples: readonly Uint8Array[];
  /** Inputs of any size, for the measure of its time. */
  readonly ofSize: (bytes: number) => Uint8Array;
  readonly decode: (input: Uint8Array) => unknown | Promise<unknown>;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const json = (...values: readonly unknown[]) => values.map((value) => Buffer.from(JSON.stringify(value)));
/** Changed JSON is mostly none; what is left as JSON is worth more tries. */
const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(text(bytes));
  } catch {
    return text(bytes);
  }
};
const repeated = (line: string, bytes: number) => Buffer.from(line.repeat(Math.ceil(bytes / line.length)));

const ENVELOPE = {
  upTo: 3,
  longhaul: { v: 1, run: "f:1", hop: 2, startedAt: 1_700_000_000_000, stats: { steps: 1 }, state: { next: 1 } },
};
const UPLOAD = {
  Records: [
    {
      ...{ eventSource: "aws:s3", eventName: "ObjectCreated:Put", eventTime: "2026-01-01T00:00:00Z" },
      s3: { bucket: { name: "b" }, object: { key: "a%20b+c", size: 9, eTag: "0", sequencer: "1" } },
    },
  ],
};
const ALARM = {
  ...{ AlarmArn: "arn:aws:cloudwatch:eu-central-1:000000000000:alarm:a", OldStateValue: "OK", NewStateValue: "ALARM" },
  StateChangeTime: "2026-01-01T00:00:00.000+0000",
  Trigger: { Dimensions: [{ name: "QueueName", value: "q" }] },
};
const LIMITED: Partial<ReadOptions> = { maxRecordBytes: 1 << 20 };

async function* once(bytes: Uint8Array) {
  yield bytes;
}

async function readRecords(bytes: Uint8Array, options: ReadOptions): Promise<void> {
  for await (const batch of readBatches(once(bytes), { ...LIMITED, ...options })) batch.json(0);
}

/** Every decoder that has its own code. */
export const DECODERS: readonly FuzzedDecoder[] = [
  {
    name: "envelope",
    samples: json(ENVELOPE, { ...ENVELOPE, position: { next: 4 } }),
    ofSize: (bytes) => json({ ...ENVELOPE, more: "x".repeat(bytes) })[0]!,
    decode: (input) => openEvent(parsed(input), "position"),
  },
  {
    name: "news of uploads",
    samples: json(UPLOAD, { Records: [{ eventSource: "aws:sqs", body: JSON.stringify(UPLOAD) }] }),
    ofSize: (bytes) => json({ Records: Array(Math.ceil(bytes / 200)).fill(UPLOAD.Records[0]) })[0]!,
    decode: (input) => uploadNewsOf(parsed(input)),
  },
  {
    name: "failed events",
    samples: json(
      { requestContext: { functionArn: "arn:f", requestId: "1", condition: "RetriesExhausted" }, requestPayload: {} },
      ENVELOPE,
    ),
    ofSize: (bytes) => json({ more: "x".repeat(bytes) })[0]!,
    decode: (input) => failedEventOf(text(input)),
  },
  {
    name: "alarms",
    samples: json({ Records: [{ EventSource: "aws:sns", Sns: { Message: JSON.stringify(ALARM) } }] }),
    ofSize: (bytes) =>
      json({ Records: Array(Math.ceil(bytes / 400)).fill({ Sns: { Message: JSON.stringify(ALARM) } }) })[0]!,
    decode: (input) => alarmsOf(parsed(input)).map((alarm) => alarm.read()),
  },
  {
    name: "cursors of listings",
    samples: [Buffer.from(cursorText({ bucket: "b", prefix: "", ranges: [{ after: "a", through: null }] }))],
    ofSize: (bytes) =>
      Buffer.from(
        cursorText({
          ...{ bucket: "b", prefix: "" },
          ranges: Array(Math.ceil(bytes / 30)).fill({ after: "a", through: "b" }),
        }),
      ),
    decode: (input) => rangesOfCursor(text(input), { bucket: "b", prefix: "" }),
  },
  {
    name: "XML",
    samples: [
      Buffer.from(
        '<?xml version="1.0" encoding="UTF-8"?><!-- c --><Delete xmlns="x"><Object a="1"><Key>a&amp;&#x41;</Key></Object></Delete>',
      ),
    ],
    ofSize: (bytes) => Buffer.from(`<Delete>${repeated("<Object><Key>a&amp;b</Key></Object>", bytes)}</Delete>`),
    decode: (input) => readXml(text(input)),
  },
  {
    name: "YAML",
    samples: [
      Buffer.from(
        "Parameters: {Name: {Type: String, Default: \"a: b\"}}\nResources:\n  Queue: &q\n    Type: AWS::SQS::Queue # c\n    Properties:\n      QueueName: !Sub 'q-1'\n      Tags: [{Key: a, Value: !Ref Name}]\n  Other: *q\n",
      ),
    ],
    // Not in one map: its keys are compared with each other, and CloudFormation takes 500 resources at most.
    ofSize: (bytes) =>
      Buffer.from(`Resources:\n  Queue:\n    Tags:\n${repeated("    - {Key: a, Value: !Ref Name}\n", bytes)}`),
    decode: (input) => parseTemplateText(text(input), "template.yaml"),
  },
  {
    name: "NDJSON",
    samples: [Buffer.from('{"a":1,"b":[true,null,"\\u00e9"]}\n{"a":-1.5e3}\n\n[1]\n')],
    ofSize: (bytes) => repeated('{"a":1,"b":[true,null,"x"]}\n', bytes),
    decode: (input) => readRecords(input, { format: "ndjson" }),
  },
  {
    name: "CSV",
    samples: [Buffer.from('a,b\r\n1,"x ""y"", z"\r\n"multi\nline",2\r\n')],
    ofSize: (bytes) => Buffer.concat([Buffer.from("a,b\r\n"), repeated('1,"x ""y"", z"\r\n', bytes)]),
    decode: (input) => readRecords(input, { format: "csv" }),
  },
  {
    name: "tasks",
    samples: [Buffer.from('{"a":[{"tasks":1}],"tasks":[{"n":1},"x",2],"b":null}')],
    ofSize: (bytes) => Buffer.from(`{"tasks":[${repeated('{"n":1},', bytes)}1]}`),
    decode: (input) => readRecords(input, { format: "tasks" }),
  },
  {
    name: "gzip",
    samples: [gzipSync("a\nb\n"), Buffer.concat([gzipSync("a\n"), gzipSync("b\n")])],
    ofSize: (bytes) => gzipSync(repeated("abcdefg\n", bytes), { level: 0 }),
    async decode(input) {
      let bytes = 0;
      for await (const piece of gunzip(once(input), { name: "fuzz.gz" })) bytes += piece.length;
      return bytes;
    },
  },
];
