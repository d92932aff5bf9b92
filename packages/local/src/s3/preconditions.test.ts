import { describe, expect, it } from "vitest";
import {
  checkCompletion,
  checkCopySource,
  checkRead,
  checkWrite,
  type ReadConditions,
  writeConditions,
} from "./preconditions.ts";

const subject = { etag: "abc", lastModifiedMs: Date.parse("2026-01-02T03:04:05.678Z") };
const AT = "Fri, 02 Jan 2026 03:04:05 GMT";
const BEFORE = "Fri, 02 Jan 2026 03:04:04 GMT";
const NOW_MS = subject.lastModifiedMs + 60_000;
/** A moment in the future. */
const AFTER = "Fri, 02 Jan 2026 04:04:05 GMT";

const outcome = (check: () => void): string => {
  try {
    check();
    return "served";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const read = (conditions: Partial<ReadConditions>): ReadConditions => ({
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
  ...conditions,
});

describe("the conditions of a read", () => {
  it.each<[Partial<ReadConditions>, string]>([
    [{}, "served"],
    [{ ifMatch: '"abc"' }, "served"],
    [{ ifMatch: "abc" }, "served"],
    [{ ifMatch: '"x", "abc"' }, "served"],
    [{ ifMatch: "*" }, "served"],
    [{ ifMatch: '"x"' }, "PreconditionFailed"],
    [{ ifNoneMatch: '"abc"' }, "NotModified"],
    [{ ifNoneMatch: 'W/"abc"' }, "NotModified"],
    [{ ifNoneMatch: "*" }, "NotModified"],
    [{ ifNoneMatch: '"x"' }, "served"],
    [{ ifModifiedSince: AT }, "NotModified"],
    [{ ifModifiedSince: BEFORE }, "served"],
    [{ ifModifiedSince: AFTER }, "served"],
    [{ ifModifiedSince: "no date" }, "served"],
    [{ ifUnmodifiedSince: AT }, "served"],
    [{ ifUnmodifiedSince: BEFORE }, "PreconditionFailed"],
    [{ ifMatch: '"abc"', ifUnmodifiedSince: BEFORE }, "served"],
    [{ ifNoneMatch: '"x"', ifModifiedSince: AT }, "served"],
    [{ ifNoneMatch: '"abc"', ifModifiedSince: BEFORE }, "NotModified"],
  ])("%j: %s", (conditions, expected) => {
    expect(outcome(() => checkRead(read(conditions), subject, NOW_MS))).toBe(expected);
  });

  it("answer 412 for the source of a copy, never 304", () => {
    expect(outcome(() => checkCopySource(read({ ifNoneMatch: '"abc"' }), subject, NOW_MS))).toBe("PreconditionFailed");
  });
});

describe("the conditions of a write", () => {
  const write = (ifMatch?: string, ifNoneMatch?: string) => writeConditions(ifMatch, ifNoneMatch);

  it.each<[string, string | undefined, string | undefined, boolean, boolean, string]>([
    ["create only, nothing there", undefined, "*", false, false, "served"],
    ["create only, there", undefined, "*", true, true, "PreconditionFailed"],
    ["swap, same tag", '"abc"', undefined, true, true, "served"],
    ["swap, other tag", '"x"', undefined, true, true, "PreconditionFailed"],
    ["swap, never there", '"abc"', undefined, false, false, "NoSuchKey"],
    ["swap, deleted while it was written", '"abc"', undefined, true, false, "ConditionalRequestConflict"],
  ])("%s", (_, ifMatch, ifNoneMatch, wasThere, isThere, expected) => {
    const check = () =>
      checkWrite(write(ifMatch, ifNoneMatch), isThere ? subject : undefined, "k", wasThere ? subject : undefined);
    expect(outcome(check)).toBe(expected);
  });

  it.each([
    ["an IfNoneMatch other than *", undefined, '"abc"'],
    ["an IfMatch of *", "*", undefined],
    ["both at once", '"abc"', "*"],
  ])("%s is not implemented by S3 either", (_, ifMatch, ifNoneMatch) => {
    expect(outcome(() => write(ifMatch, ifNoneMatch))).toBe("NotImplemented");
  });

  it.each<[string, string | undefined, string | undefined, object | undefined, object | undefined, string]>([
    ["nothing changed", '"abc"', undefined, subject, subject, "served"],
    ["no condition", undefined, undefined, subject, undefined, "served"],
    ["written meanwhile, same tag", '"abc"', undefined, { ...subject }, subject, "ConditionalRequestConflict"],
    ["deleted meanwhile", undefined, "*", undefined, subject, "ConditionalRequestConflict"],
    ["created meanwhile", undefined, "*", subject, undefined, "PreconditionFailed"],
  ])("an upload in parts: %s", (_, ifMatch, ifNoneMatch, now, before, expected) => {
    const check = () => checkCompletion(write(ifMatch, ifNoneMatch), now as never, "k", before as never);
    expect(outcome(check)).toBe(expected);
  });
});
