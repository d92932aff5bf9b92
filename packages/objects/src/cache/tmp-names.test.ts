import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTmpFileName, partFileName, tmpFileName, tmpName } from "./tmp-names.ts";

describe("file names in the cache's directory", () => {
  it("hold nothing of an untrusted key", () => {
    const keys = ["../../etc/passwd", "a".repeat(1024), "😀/+ %00\u0000\n", "", "con", "a/../b"];
    for (const key of keys) expect(tmpName({ bucket: "b", key, etag: '"1"' })).toMatch(/^[0-9a-f]{64}$/);
  });

  it("differ whenever bucket, key, ETag or variant do", () => {
    const part = fc.constantFrom("", "a", "b", "a\u0000b", '","', "/");
    const object = fc.record({ bucket: part, key: part, etag: part, variant: part });
    fc.assert(
      fc.property(object, object, (one, two) => {
        const same = JSON.stringify(one) === JSON.stringify(two);
        expect(tmpName(one) === tmpName(two)).toBe(same);
      }),
    );
  });

  it("are read back", () => {
    const name = tmpName({ bucket: "b", key: "k", etag: "e" });
    expect(parseTmpFileName(tmpFileName(name, 123))).toEqual({ kind: "whole", name, bytes: 123 });
    expect(parseTmpFileName(partFileName(42, "id-1"))).toEqual({ kind: "part", pid: 42 });
    for (const foreign of ["notes.txt", `${name}.x`, name, `${name}.1.2`, ".part-x"]) {
      expect(parseTmpFileName(foreign)).toEqual({ kind: "foreign" });
    }
  });
});
