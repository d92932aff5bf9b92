import { FailRunError } from "@longhaul/core";
import { CallTimeoutError } from "@longhaul/core/errors";
import { describe, expect, it } from "vitest";
import { reset, s3Error, slowDown } from "../../test/s3-errors.ts";
import { ObjectRetries } from "./object-retries.ts";

const OWN = "each of a";

/** How often an object is tried whose every try fails so; `others` are done with between two tries. */
function triesOf(error: () => unknown, { others = 0, timeouts = 2 } = {}): number {
  const health = { done: 0 };
  const retries = new ObjectRetries({ tries: 4, timeouts, health, callName: OWN });
  let tries = 1;
  while (retries.worthRepeating(error()) !== undefined) {
    health.done += others;
    tries++;
  }
  expect(retries.failedTries).toBe(tries);
  return tries;
}

describe("work on an object is tried", () => {
  it.each([
    ["as often as is set if it throws an error of its own", () => new TypeError("no luck"), 4],
    ["as often as is set if it throws what is no error", () => "no luck", 4],
    ["as often if an upload is gone that it needs", () => s3Error("NoSuchUpload", 404), 4],
    ["once if a service's answer is final", () => s3Error("AccessDenied", 403), 1],
    ["once if the object was replaced", () => s3Error("PreconditionFailed", 412), 1],
    ["once if its error ends the run", () => new FailRunError("no use"), 1],
    ["twice if it does not end in time", () => new CallTimeoutError(OWN, 60_000), 2],
  ])("%s", (_, error, tries) => expect(triesOf(error)).toBe(tries));

  it("once if it does not end in time, and there is no time for another try", () => {
    expect(triesOf(() => new CallTimeoutError(OWN, 60_000), { timeouts: 1 })).toBe(1);
  });

  it.each([
    ["a service is throttled", slowDown],
    ["a service has an error", () => s3Error("InternalError", 500)],
    ["connections are reset", reset],
    ["one of its calls is not answered in time", () => new CallTimeoutError("S3 HeadObject", 5_000)],
  ])("many times if %s, and more if no other object gets through either", (_, error) => {
    expect([triesOf(error, { others: 1 }), triesOf(error)]).toEqual([25, 100]);
  });
});
