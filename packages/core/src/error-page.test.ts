import { describe, expect, it } from "vitest";
import { errorPage } from "./error-page.ts";
import { FailRunError, FencedError, LonghaulError } from "./errors.ts";
import { reasonOfError } from "./observe/notify.ts";
import { RunFailedError, RunStoppedError } from "./recursion/outcome.ts";

const failedBy = (error: Error) => new RunFailedError("r", reasonOfError(error)).helpUrl;

describe("helpUrl leads to a page that exists", () => {
  it("of the code", () => {
    expect(new FencedError("r", 3).helpUrl).toBe(errorPage("FENCED"));
    expect(new LonghaulError("WAITS_OUTSIDE", "x").helpUrl).toMatch(/^https:.*\/WAITS_OUTSIDE\.md$/);
  });

  it("of RUN_FAILED, where the code is the user's", () => {
    class NoOrderError extends FailRunError {}
    const own = new NoOrderError("x", { code: "NO_ORDER" });
    expect(own.helpUrl).toBe(errorPage("RUN_FAILED"));
    expect([failedBy(own), failedBy(new TypeError("x"))]).toEqual([errorPage("RUN_FAILED"), errorPage("RUN_FAILED")]);
  });

  it("of the guard that ended the run", () => {
    const reason = { code: "STALLED", message: "x" } as const;
    expect(new RunStoppedError("r", reason).helpUrl).toBe(errorPage("STALLED"));
    expect(new RunFailedError("r", reason).helpUrl).toBe(errorPage("STALLED"));
  });
});
