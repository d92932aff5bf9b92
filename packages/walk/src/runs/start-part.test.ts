import { memoryRunStore } from "@longhaul/core";
import type { HandOffMessage } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { pausesOnly } from "../../test/pauses-only.ts";
import { s3Error } from "../../test/s3-errors.ts";
import { type PartStart, startPart } from "./start-part.ts";

function starting() {
  const sent: HandOffMessage[] = [];
  const store = memoryRunStore();
  const start: PartStart = {
    run: "w/0.1",
    event: { walkPart: { walk: "w", part: "0.1" } },
    target: "arn:aws:lambda:eu-central-1:000000000000:function:walker",
    stateKey: "state",
    store,
    driver: { name: "captured", maxBytes: 1e6, send: async (message) => void sent.push(message) },
    host: { now: () => 1_000 },
  };
  return { sent, store, start };
}

describe("the run of a part", () => {
  it("has a record from which it can be started, before its event is sent", async () => {
    const { store, start } = starting();
    const driver = { ...start.driver, send: () => Promise.reject(new Error("throttled")) };
    await expect(startPart({ ...start, driver })).rejects.toThrow("throttled");
    const record = await store.get("w/0.1");
    expect(record).toMatchObject({ hop: 0, phase: "handed-off", target: start.target, stateKey: "state" });
    expect(JSON.parse(record?.event ?? "")).toEqual(start.event);
  });

  it("is started though the store and the function are throttled for a while, once", async () => {
    const { sent, store, start } = starting();
    let trouble = 0;
    const throttled = () => Promise.reject(s3Error("TooManyRequestsException", 429));
    const sometimes = <Args extends unknown[], Answer>(act: (...args: Args) => Promise<Answer>) => {
      let tries = 0;
      return (...args: Args): Promise<Answer> => {
        if (tries++ >= 2) return act(...args);
        trouble++;
        return throttled();
      };
    };
    const driver = { ...start.driver, send: sometimes(start.driver.send) };
    const busy = { ...store, create: sometimes(store.create) };
    const scope = { attempts: 3, host: { timer: pausesOnly, random: () => 0 } };
    await startPart({ ...start, store: busy, driver, scope });
    expect(trouble).toBe(4);
    expect(sent).toHaveLength(1);
    expect(await store.get("w/0.1")).toMatchObject({ hop: 0, phase: "handed-off" });
  });

  it("is started once, however often it is asked for", async () => {
    const { sent, store, start } = starting();
    await startPart(start);
    const record = await store.get("w/0.1");
    await Promise.all([startPart(start), startPart(start)]);
    expect(sent).toEqual([expect.objectContaining({ run: "w/0.1", hop: 0, event: start.event })]);
    expect(await store.get("w/0.1")).toEqual(record);
  });

  it("is started once by hops that do so at the same time", async () => {
    const { sent, start } = starting();
    await Promise.all(Array.from({ length: 5 }, () => startPart(start)));
    expect(sent).toHaveLength(1);
  });
});
