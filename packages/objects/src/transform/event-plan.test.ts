import type { HandOffMessage } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { planOf } from "./event-plan.ts";
import { sendParts } from "./send-parts.ts";

const record = (key: string, bucket = "b") => ({ s3: { bucket: { name: bucket }, object: { key, sequencer: "1" } } });
const [a, b] = [record("a"), record("b")];
const bySns = (...records: readonly unknown[]) => ({ Sns: { Message: JSON.stringify({ Records: records }) } });
const test = { Event: "s3:TestEvent", Bucket: "b" };
const testBySns = { Sns: { Message: JSON.stringify(test) } };

describe("an event of several records", () => {
  it("has a part for each record, with all else it has", () => {
    const event = { Records: [a, b], note: 1 };
    expect(planOf(event)).toEqual({
      kind: "parts",
      events: [
        { Records: [a], note: 1 },
        { Records: [b], note: 1 },
      ],
    });
    expect(event).toEqual({ Records: [a, b], note: 1 });
  });

  it("brings the position of another handler to its first record only", () => {
    expect(planOf({ Records: [a, b] }, 7)).toEqual({
      kind: "parts",
      events: [{ Records: [a], position: 7 }, { Records: [b] }],
    });
  });

  it("that SNS wrapped is taken as S3 made it, record by record, the odd ones too", () => {
    const Records = [bySns(a, null), { Sns: { Message: "oops" } }, bySns(b), "c"];
    const events = [[a], [null], [{ Sns: { Message: "oops" } }], [b], ["c"]].map((part) => ({ Records: part }));
    expect(planOf({ Records })).toEqual({ kind: "parts", events });
  });

  it.each(["null", "7", '"text"', "[1]", { Records: [b] }, undefined])(
    "one whose message from SNS is no object in JSON stays as it is: %j",
    (Message) => {
      const odd = { Sns: { Message } };
      expect(planOf({ Records: [odd, a] })).toEqual({ kind: "parts", events: [{ Records: [odd] }, { Records: [a] }] });
    },
  );

  it("keeps what stands around a record that SNS wrapped", () => {
    const wrapped = { Sns: { Message: JSON.stringify({ Records: [a], note: 1 }) } };
    expect(planOf({ Records: [wrapped, b], note: 2 })).toEqual({
      kind: "parts",
      events: [
        { Records: [a], note: 1 },
        { Records: [b], note: 2 },
      ],
    });
  });

  it("brings no position to a test of S3's, nor to those behind it", () => {
    expect(planOf({ Records: [testBySns, a] }, 7)).toEqual({ kind: "parts", events: [{ Records: [a] }] });
  });

  it("but one alone that SNS wrapped is an object", () => {
    expect(planOf({ Records: [bySns(a)] })).toEqual({ kind: "object", source: { bucket: "b", key: "a" } });
  });

  it("of none is refused", () => {
    expect(() => planOf({ Records: [] })).toThrow(expect.objectContaining({ code: "EVENT" }));
  });
});

describe("a test of S3's begins nothing", () => {
  it.each([[test], [{ Records: [testBySns] }], [{ Records: [testBySns, testBySns] }]])("alone: %j", (event) => {
    expect(planOf(event)).toEqual({ kind: "test" });
  });

  it("or beside others", () => {
    expect(planOf({ Records: [testBySns, bySns(a)] })).toEqual({ kind: "parts", events: [{ Records: [a] }] });
  });
});

it.each([
  [{ Records: [a] }, { bucket: "b", key: "a" }],
  [
    { bucket: "b", key: "k" },
    { bucket: "b", key: "k" },
  ],
])("any other event is of one object: %j", (event, source) => {
  expect(planOf(event, 7)).toEqual({ kind: "object", source });
});

describe("parts are sent", () => {
  async function send(parts: readonly object[], refused = "") {
    const sent: HandOffMessage[] = [];
    const driver = {
      send: async (message: HandOffMessage) => {
        if (refused !== "" && message.payload.includes(refused)) throw new Error("throttled");
        sent.push(message);
      },
    };
    const answer = await sendParts(driver, parts, "arn:live").catch((error: Error) => error.message);
    return { answer, sent: sent.map(({ payload, event, target }) => [JSON.parse(payload), event, target]) };
  }

  it("through the alias that the event came by", async () => {
    const parts = [{ Records: ["a"] }, { Records: ["b"], note: 1 }];
    expect(await send(parts)).toEqual({
      answer: { status: "split", runs: 2 },
      sent: parts.map((part) => [part, part, "arn:live"]),
    });
  });

  it("or it fails, after the others were sent: its retry sends all", async () => {
    const { answer, sent } = await send([{ part: "a" }, { part: "b" }, { part: "c" }], "b");
    expect(answer).toBe("throttled");
    expect(sent.map(([event]) => event)).toEqual([{ part: "a" }, { part: "c" }]);
  });
});
