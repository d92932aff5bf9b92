import { describe, expect, it } from "vitest";
import { requestRules, type TestDefaults } from "../../test/request-rules.ts";
import { modeOfWalk, settledEvent, withTime } from "./settled-event.ts";
import { parseWalkRequest, type WalkRequest } from "./walk-request.ts";

const defaults: TestDefaults = {
  bucket: "photos",
  mode: "parallel",
  action: "report",
  depth: 2,
  filter: { suffix: ".jpg" },
};
const others: TestDefaults = { bucket: "logs", mode: "serial", action: "delete", depth: 5, filter: {} };

const plain = ({ asked: { described, isChanging }, ...request }: WalkRequest) => ({
  ...request,
  described,
  isChanging,
});

describe("a walk that was begun", () => {
  it.each([
    [{}],
    [{ bucket: null, action: null, depth: null, filter: null, mode: null, walkId: null }],
    [{ bucket: "b", action: "each", filter: { maxBytes: 3 }, walkId: "mine", note: null }],
    [{ mode: "parallel", prefix: "a/", depth: 0 }],
  ])("as %j asks for the same whatever is deployed meanwhile", (event) => {
    const settled = settledEvent(event, requestRules(defaults), "w");
    const asked = parseWalkRequest(event, requestRules(defaults));
    const expected = { ...asked, mode: "parallel", walkId: asked.walkId ?? "w" } as const;
    expect(plain(parseWalkRequest(settled, requestRules(others)))).toEqual(plain(expected));
    expect(modeOfWalk({ ...settled, longhaul: {} }, others)).toBe("parallel");
  });

  it("is not begun anew by the events of its hops and parts", () => {
    for (const event of [{ longhaul: {} }, { walkPart: {} }])
      expect(settledEvent(event, requestRules(defaults), "w")).toBe(event);
  });

  it.each([{ CURRENT_STATE: {} }, { longhaul: {} }, { longhaul: {}, mode: "serial" }])(
    "serially stays so: %j",
    (event) => expect(modeOfWalk(event, defaults)).toBe("serial"),
  );
});

describe("an event that begins a walk", () => {
  it("says how, or leaves it to the settings", () => {
    expect(modeOfWalk({ mode: "serial" }, defaults)).toBe("serial");
    expect([modeOfWalk({}, defaults), modeOfWalk({}, others)]).toEqual(["parallel", "serial"]);
  });

  it("may say from when ages are told; else they are told from when the walk began", () => {
    const startedAtMs = Date.UTC(2026, 10, 21, 8);
    const asOf = "2026-11-21T08:00:00.000Z";
    expect(withTime({ depth: 1 }, startedAtMs)).toEqual({ depth: 1, asOf });
    expect(withTime({ asOf: null }, startedAtMs)).toEqual({ asOf });
    expect(withTime({ asOf: "2020-01-01" }, startedAtMs)).toEqual({ asOf: "2020-01-01" });
  });
});
