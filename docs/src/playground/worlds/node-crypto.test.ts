import { createHash as ofNode } from "node:crypto";
import { expect, it } from "vitest";
import { createHash } from "./node-crypto.ts";

it.each([0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1_000])("is Node's SHA-256 of %i bytes", (length) => {
  const text = "abcdefghij".repeat(100).slice(0, length);
  expect(createHash("sha256").update(text).digest("hex")).toBe(ofNode("sha256").update(text).digest("hex"));
});

it("has a hash of text that is not ASCII", () => {
  expect(createHash("sha256").update("ä☃").digest("hex")).toBe(ofNode("sha256").update("ä☃").digest("hex"));
});
