import { describe, expect, it } from "vitest";
import { progressLine, summaryOf } from "../src/summary.ts";

const app = {
  app: "s3-batch",
  units: "objects",
  begun: 3,
  done: 3,
  faults: { killed: 4, "failed calls": 12 },
  poison: 1,
  problems: [] as string[],
};

describe("the summary", () => {
  it("has a row for each app with what it went through", () => {
    const lines = summaryOf({ seed: 7, seconds: 90, isExact: true, apps: [app] });
    expect(lines[0]?.split(/ {2,}/)).toEqual([
      "app",
      "done",
      "killed",
      "lost",
      "doubled",
      "throttled",
      "failed calls",
      "poison",
      "result",
    ]);
    expect(lines[1]?.split(/ {2,}/)).toEqual(["s3-batch", "3/3 objects", "4", "0", "0", "0", "12", "1", "exact"]);
    expect(lines.at(-1)).toContain("Seed 7, 90 s.");
  });

  it("says what is wrong, and how to do it again", () => {
    const wrong = { ...app, problems: ["an object is missing"] };
    const text = summaryOf({ seed: 7, seconds: 90, isExact: false, apps: [wrong] }).join("\n");
    expect(text).toContain("WRONG");
    expect(text).toContain("s3-batch: an object is missing");
    expect(text).toContain("npm run chaos -- --seed 7");
  });
});

describe("the line of progress", () => {
  it("says how far each app is", () => {
    expect(progressLine(new Map([["s3-batch", { begun: 3, done: 1 }]]), 65_000)).toBe("1:05  s3-batch 1/3");
  });
});
