import { describe, expect, it } from "vitest";
import { eventOf, partOf, partOfRun, runOf } from "./walk-event.ts";

const context = {
  awsRequestId: "r1",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:walker",
  functionVersion: "$LATEST",
  memoryLimitInMB: 128,
  getRemainingTimeInMillis: () => 1_000,
};

describe("an event that begins a walk", () => {
  it("is its first part's, under the id that was asked for", () => {
    expect(partOf({ bucket: "b" }, "nightly", context)).toEqual({ walk: "nightly", part: "0" });
  });

  it("finds its walk again when it is redelivered", () => {
    const event = { id: "e1", detail: { bucket: "b" } };
    const again = partOf(event, undefined, { ...context, awsRequestId: "r2" });
    expect(again).toEqual(partOf(event, undefined, context));
    expect(partOf({}, undefined, context)).toEqual({ walk: "request:r1", part: "0" });
  });
});

describe("a part's event", () => {
  const part = { walk: "s3:b/a/b@1", part: "0.3.12" };

  it("is the walk's, and names the part whatever caused it", () => {
    const event = eventOf({ bucket: "b", depth: 2 }, part);
    expect(event).toMatchObject({ bucket: "b", depth: 2 });
    expect(partOf(event, undefined, { ...context, awsRequestId: "another" })).toEqual(part);
  });

  it("leads to a run that tells which part it is", () => expect(partOfRun(runOf(part))).toEqual(part));

  it.each([null, 3, {}, { walk: "w" }, { walk: "w", part: "1" }, { walk: "w", part: "0.x" }, { walk: 1, part: "0" }])(
    "that was changed on the way is refused: %j",
    (walkPart) => {
      expect(() => partOf({ walkPart }, undefined, context)).toThrow(expect.objectContaining({ code: "EVENT" }));
    },
  );
});
