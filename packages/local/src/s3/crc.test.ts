import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Crc32c, Crc64Nvme, type CrcName, combineCrc, type RunningDigest } from "./crc.ts";

const CHECK = Buffer.from("123456789");

const start = (name: CrcName): RunningDigest => {
  if (name === "CRC32C") return new Crc32c();
  if (name === "CRC64NVME") return new Crc64Nvme();
  let value = 0;
  return {
    update(chunk) {
      value = crc32(chunk, value);
    },
    digest() {
      const result = Buffer.alloc(4);
      result.writeUInt32BE(value);
      return result;
    },
  };
};

function digest(name: CrcName, ...chunks: readonly Uint8Array[]): string {
  const running = start(name);
  for (const chunk of chunks) running.update(chunk);
  return running.digest().toString("hex");
}

describe("cyclic redundancy checks", () => {
  it.each([
    ["CRC32", "cbf43926"],
    ["CRC32C", "e3069283"],
    ["CRC64NVME", "ae8b14860a799888"],
  ] as const)("%s of 123456789 is the check value of its definition, %s", (name, value) => {
    expect(digest(name, CHECK)).toBe(value);
  });

  it.each(["CRC32C", "CRC64NVME"] as const)("%s does not depend on how the bytes are cut", (name) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        expect(digest(name, ...chunks)).toBe(digest(name, Buffer.concat(chunks)));
      }),
    );
  });

  it.each(["CRC32", "CRC32C", "CRC64NVME"] as const)("%s of a whole follows from those of its halves", (name) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 70 }), (a, b) => {
        const [first, second] = [a, b].map((each) => Buffer.from(digest(name, each), "hex"));
        expect(combineCrc(name, first!, second!, b.length).toString("hex")).toBe(digest(name, a, b));
      }),
    );
  });
});
