import { describe, expect, it } from "vitest";
import { admitted, canTighten, tightened, tooHigh } from "../src/ratchet.ts";

const at = (value: number, name = "lines") => ({ name, value, limit: 100 });

describe("a figure may be up to its limit, or up to the ratchet's while that is higher", () => {
  it.each([
    [100, {}, []],
    [101, {}, [{ name: "lines", value: 101, limit: 100 }]],
    [150, { lines: 150 }, []],
    [151, { lines: 150 }, [{ name: "lines", value: 151, limit: 150 }]],
    [101, { lines: 40 }, [{ name: "lines", value: 101, limit: 100 }]],
  ])("%d with %j", (value, ratchet, expected) => {
    expect(tooHigh([at(value)], ratchet)).toEqual(expected);
  });
});

describe("the ratchet only tightens", () => {
  it.each([
    ["to a figure that fell", 120, { lines: 120 }],
    ["never to one that rose", 160, { lines: 150 }],
    ["and forgets one that is at its limit", 100, {}],
  ])("%s", (_, value, expected) => {
    expect(tightened([at(value)], { lines: 150 })).toEqual(expected);
    expect(canTighten([at(value)], { lines: 150 })).toBe(value < 150);
  });

  it("and forgets what is not measured any more", () => {
    expect(tightened([], { lines: 150 })).toEqual({});
  });

  it("a new figure is admitted as it is, a known one is not raised", () => {
    const measures = [at(160), at(200, "a new package"), at(50, "a small package")];
    expect(admitted(measures, { lines: 150 })).toEqual({ "a new package": 200, lines: 150 });
  });
});
