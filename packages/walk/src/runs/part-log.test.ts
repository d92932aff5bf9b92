import { describe, expect, it } from "vitest";
import { type LogOutline, originOf, partsIfAllDone } from "./part-log.ts";

const outlines = (logs: Readonly<Record<string, LogOutline>>) => new Map(Object.entries(logs));

describe("a walk is over", () => {
  it.each([
    ["its only part is", { "0": ["began", "done"] }, ["0"]],
    [
      "all descendants are, hop by hop",
      { "0": ["began", "gave", "began", "gave", "done"], "0.1": ["began", "gave", "done"], "0.3": ["began", "done"] },
      ["0", "0.1", "0.3", "0.1.1"],
    ],
  ] as const)("when %s", (_, logs, parts) => {
    expect(partsIfAllDone(outlines({ ...logs, "0.1.1": ["began", "done"] }))).toEqual(parts);
  });

  it.each([
    ["nothing has begun", {}],
    ["its first part goes on", { "0": ["began"] }],
    ["a child has not begun", { "0": ["began", "gave", "done"] }],
    ["a child goes on", { "0": ["began", "gave", "done"], "0.1": ["began", "gave"] }],
    ["a child's child was not seen", { "0": ["began", "gave", "done"], "0.1": ["began", "gave", "done"] }],
  ] as const)("but not when %s", (_, logs) => expect(partsIfAllDone(outlines(logs))).toBeUndefined());
});

describe("a part's id", () => {
  it.each([
    ["0", undefined],
    ["0.3", { parent: "0", index: 3 }],
    ["0.3.12", { parent: "0.3", index: 12 }],
  ])("%s tells where its ranges stand", (part, origin) => expect(originOf(part)).toEqual(origin));
});
