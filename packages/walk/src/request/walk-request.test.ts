import { describe, expect, it } from "vitest";
import { requestRules, type TestDefaults } from "../../test/request-rules.ts";
import { WalkRequestError } from "./request-error.ts";
import { parseWalkRequest } from "./walk-request.ts";

const defaults: TestDefaults = { bucket: undefined, mode: "parallel", action: "report", depth: 2, filter: {} };
const parse = (event: object, more: Partial<TestDefaults> = {}) =>
  parseWalkRequest(event, requestRules({ ...defaults, ...more }));

describe("what an event asks for", () => {
  it("has defaults for all but the bucket, which the settings may name too", () => {
    const expected = {
      bucket: "photos",
      prefix: "",
      eventPrefix: "",
      mode: "parallel",
      action: "report",
      filter: {},
      asked: { described: { depth: 2 }, isChanging: false, begin: expect.any(Function) },
      asOfMs: undefined,
      walkId: undefined,
      pageKeys: undefined,
    };
    expect(parse({ bucket: "photos" })).toEqual(expected);
    expect(parse({}, { bucket: "photos" })).toEqual(expected);
  });

  it("stands beside whatever else the cause sent", () => {
    const event = { bucket: "b", requestedBy: { name: "Zoë" }, note: null, mode: "serial", pageSize: 10, depth: 0 };
    expect(parse(event)).toMatchObject({ mode: "serial", pageKeys: 10, asked: { described: { depth: 0 } } });
  });

  it.each([
    ["2026/", "2026/11/", "2026/11/"],
    ["2026/11/", "2026/", "2026/11/"],
    [undefined, "logs/", "logs/"],
  ])("lists no more than prefix %j and the filter's %j let pass", (prefix, filtered, listed) => {
    expect(parse({ bucket: "b", prefix, filter: { prefix: filtered } }).prefix).toBe(listed);
  });

  it("has the settings' filter, or its own instead", () => {
    const filter = { suffix: ".log", minBytes: 1 };
    expect(parse({ bucket: "b" }, { filter }).filter).toEqual(filter);
    expect(parse({ bucket: "b", filter: { maxBytes: 9 } }, { filter }).filter).toEqual({ maxBytes: 9 });
  });

  it("changes nothing unless dryRun is false", () => {
    const target = { bucket: "other" };
    for (const action of ["copy", "delete"]) {
      expect(parse({ bucket: "b", action, target }).asked.isChanging).toBe(false);
      expect(parse({ bucket: "b", action, target, dryRun: true }).asked.isChanging).toBe(false);
      expect(parse({ bucket: "b", action, target, dryRun: false }).asked.isChanging).toBe(true);
    }
  });

  it("may say from when ages are told", () => {
    expect(parse({ bucket: "b", asOf: "2026-11-21T08:00:00Z" }).asOfMs).toBe(Date.UTC(2026, 10, 21, 8));
  });

  it("may copy to the same bucket if the walk does not meet the copies", () => {
    const event = { bucket: "b", prefix: "live/", action: "copy", target: { bucket: "b", prefix: "kept/" } };
    expect(parse(event).asked.described).toMatchObject({ target: "s3://b/kept/" });
  });
});

describe("an event that cannot be carried out is refused by the field", () => {
  it.each([
    [{}, "bucket", "must name the bucket"],
    [{ bucket: 7 }, "bucket", "must be a text, not 7"],
    [{ bucket: "b", prefix: "a\ud800" }, "prefix", 'must be a text, not "a\\ud800"'],
    [{ bucket: "b", filter: { suffix: "\udc00" } }, "filter.suffix", "must be a text"],
    [{ bucket: "b", action: "move" }, "action", 'must be report or each or copy or delete, not "move"'],
    [{ bucket: "b", mode: "fast" }, "mode", "parallel or serial"],
    [{ bucket: "b", depth: -1 }, "depth", "from 0 to 20"],
    [{ bucket: "b", asOf: "yesterday" }, "asOf", "must be a time"],
    [{ bucket: "b", walkId: "" }, "walkId", "1 to 1024 bytes"],
    [{ bucket: "b", walkId: "é".repeat(513) }, "walkId", "1 to 1024 bytes"],
    [{ bucket: "b", pageSize: 1_001 }, "pageSize", "from 1 to 1000"],
    [{ bucket: "b", filter: "x" }, "filter", "must be an object"],
    [{ bucket: "b", filter: [] }, "filter", "must be an object"],
    [{ bucket: "b", filter: { minBytes: 1.5 } }, "filter.minBytes", "whole number"],
    [{ bucket: "b", filter: { maxBytes: "10" } }, "filter.maxBytes", 'not "10"'],
    [{ bucket: "b", filter: { minBytes: 2, maxBytes: 1 } }, "filter.minBytes", "no object would pass"],
    [{ bucket: "b", filter: { minAgeDays: -1 } }, "filter.minAgeDays", "from 0 to 36500"],
    [{ bucket: "b", filter: { minAgeDays: 3, maxAgeDays: 2.5 } }, "filter.minAgeDays", "above filter.maxAgeDays"],
    [{ bucket: "b", filter: { sufix: ".jpg" } }, "filter.sufix", "is not known"],
    [{ bucket: "b", prefix: "a/", filter: { prefix: "b/" } }, "filter.prefix", "no key begins with both"],
    [{ bucket: "b", action: "copy" }, "target", "where to copy to"],
    [{ bucket: "b", action: "copy", target: { prefix: "x/" } }, "target.bucket", "must name"],
    [{ bucket: "b", action: "copy", target: { bucket: "b", prefix: "copy/" } }, "target.prefix", "walked too"],
    [{ bucket: "b", action: "copy", prefix: "a/", target: { bucket: "b" } }, "target.prefix", "walked too"],
    [{ bucket: "b", action: "delete", dryRun: "no" }, "dryRun", "true or false"],
    [{ bucket: "b", action: "delete", dryRun: false, filtr: { suffix: ".tmp" } }, "filtr", "is not known"],
  ])("%j: %s", (event, field, message) => {
    const refusal = expect(() => parse(event));
    refusal.toThrow(WalkRequestError);
    refusal.toThrow(
      expect.objectContaining({ code: "WALK_REQUEST", field, message: expect.stringContaining(message) }),
    );
  });
});
