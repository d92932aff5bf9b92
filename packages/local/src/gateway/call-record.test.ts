import { describe, expect, it } from "vitest";
import { createCallRecord } from "./call-record.ts";

const principal = { accessKeyId: "ASIA", roleArn: "arn:aws:iam::000000000000:role/r" };

describe("calls are counted by role, action and resource", () => {
  it("adds up the same call", () => {
    const calls = createCallRecord();
    calls.add(principal, "s3:GetObject", "arn:aws:s3:::b/k");
    calls.add(principal, "s3:GetObject", "arn:aws:s3:::b/k");
    calls.add({ accessKeyId: "AKIA" }, "s3:GetObject", "arn:aws:s3:::b/k");
    expect(calls.list().map(({ roleArn, count }) => [roleArn, count])).toEqual([
      [principal.roleArn, 2],
      [undefined, 1],
    ]);
  });

  it("stays within its bound and loses no count", () => {
    const calls = createCallRecord(3);
    for (let key = 0; key < 1000; key += 1) calls.add(principal, "s3:PutObject", `arn:aws:s3:::b/${key}`);
    expect(calls.list()).toHaveLength(4);
    expect(calls.list().reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  });
});
