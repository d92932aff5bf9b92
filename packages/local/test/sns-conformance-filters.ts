import assert from "node:assert/strict";
import type { PublishCommandInput } from "@aws-sdk/client-sns";
import { newPair, number, receive, type SnsCase, type SnsClients, text } from "./sns-clients.ts";

/** Publishes messages by name, `last` at the end, and tells which of them pass a filter; `last` must. */
async function passing(
  clients: SnsClients,
  subscription: Record<string, string>,
  messages: Readonly<Record<string, Partial<PublishCommandInput>>> & { readonly last: Partial<PublishCommandInput> },
): Promise<readonly string[]> {
  const { publish, queue } = await newPair(clients, subscription);
  const names = new Map<string | undefined, string>();
  for (const [name, input] of Object.entries(messages)) {
    names.set((await publish({ Message: name, ...input })).MessageId, name);
  }
  const passed: string[] = [];
  while (passed.at(-1) !== "last") {
    const received = await receive(clients, queue.url);
    assert.notEqual(received.length, 0);
    passed.push(...received.map(({ Body }) => names.get(JSON.parse(Body ?? "{}").MessageId) ?? "?"));
  }
  return passed;
}

/** Which messages a filter policy lets through. */
export const filterCases: readonly SnsCase[] = [
  {
    name: "a filter by attributes lets through what has one value of each",
    async run(clients) {
      const FilterPolicy = JSON.stringify({
        kind: ["file", { prefix: "dir" }],
        size: [{ numeric: [">", 10, "<=", 20] }],
        draft: [{ exists: false }],
      });
      const messages = {
        exact: { MessageAttributes: { kind: text("file"), size: number("20") } },
        prefix: { MessageAttributes: { kind: text("directory"), size: number("10.5") } },
        "other value": { MessageAttributes: { kind: text("link"), size: number("20") } },
        "too small": { MessageAttributes: { kind: text("file"), size: number("10") } },
        draft: { MessageAttributes: { kind: text("file"), size: number("20"), draft: text("yes") } },
        "no attributes": {},
        last: { MessageAttributes: { kind: text("dir"), size: number("11") } },
      };
      assert.deepEqual(await passing(clients, { FilterPolicy }, messages), ["exact", "prefix", "last"]);
    },
  },
  {
    name: "a filter knows what is not wanted, and lists of values",
    async run(clients) {
      const FilterPolicy = JSON.stringify({ tags: ["a"], kind: [{ "anything-but": ["link"] }] });
      const list = (values: readonly unknown[]) => ({ DataType: "String.Array", StringValue: JSON.stringify(values) });
      const messages = {
        "in the list": { MessageAttributes: { tags: list(["b", "a"]), kind: text("file") } },
        "not in the list": { MessageAttributes: { tags: list(["b"]), kind: text("file") } },
        unwanted: { MessageAttributes: { tags: list(["a"]), kind: text("link") } },
        last: { MessageAttributes: { tags: list(["a"]), kind: text("file") } },
      };
      assert.deepEqual(await passing(clients, { FilterPolicy }, messages), ["in the list", "last"]);
    },
  },
  {
    name: "a filter by body looks into the message",
    async run(clients) {
      const attributes = {
        FilterPolicyScope: "MessageBody",
        FilterPolicy: JSON.stringify({ s3: { bucket: ["mine"], key: [{ suffix: ".json" }] } }),
      };
      const messages = {
        wanted: { Message: '{"s3":{"bucket":"mine","key":"a.json"}}' },
        unwanted: { Message: '{"s3":{"bucket":"mine","key":"a.csv"}}' },
        text: { Message: "no JSON" },
        last: { Message: '{"s3":{"bucket":"mine","key":"b.json"}}' },
      };
      assert.deepEqual(await passing(clients, attributes, messages), ["wanted", "last"]);
    },
  },
];
