import { describe, expect, it } from "vitest";
import { sha256Of, tailEnd, tailKey, tailPrefix } from "./tail-key.ts";

const tailOf = (key: string, run: string): string =>
  tailKey(tailPrefix(key, run), Number.MAX_SAFE_INTEGER, sha256Of(Buffer.from("tail")));

describe("what is kept beside an output", () => {
  it("lies under .longhaul/ in the output's own directory", () => {
    expect(tailPrefix("a/b/out.ndjson", "run-1")).toMatch(/^a\/b\/\.longhaul\/run-1-[0-9a-f]{32}\/$/);
    expect(tailPrefix("out.ndjson", "run-1")).toMatch(/^\.longhaul\/run-1-[0-9a-f]{32}\/$/);
  });

  it("is apart for every run and every key", () => {
    const prefixes = [
      tailPrefix("k", "r"),
      tailPrefix("k", "r2"),
      tailPrefix("k2", "r"),
      tailPrefix("k", "r/"),
      tailPrefix("k", "r?"),
    ];
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  it("says at which byte of the output it ends", () => {
    const prefix = tailPrefix("a/out", "r");
    expect(tailEnd(prefix, tailKey(prefix, 12_345, sha256Of(Buffer.from("tail"))))).toBe(12_345);
    expect(tailEnd(prefix, `${prefix}something-else`)).toBeUndefined();
    expect(tailEnd(prefix, tailKey("other/", 1, sha256Of(Buffer.from("tail"))))).toBeUndefined();
  });

  it("takes nothing harmful from a run id", () => {
    expect(tailPrefix("k", "s3:bucket/../../x 😀@v?")).toMatch(/^\.longhaul\/[A-Za-z0-9._-]+\/$/);
  });

  it.each([
    ["one long name", "n".repeat(1024)],
    ["many long directories", `${"d".repeat(90)}/`.repeat(11)],
    ["emoji", `${"😀".repeat(20)}/`.repeat(12)],
    ["only slashes", "/".repeat(1024)],
  ])("has a key that S3 takes, beside an output of %s", (_case, key) => {
    expect(Buffer.byteLength(tailOf(key, "r".repeat(500)))).toBeLessThanOrEqual(1024);
  });
});
