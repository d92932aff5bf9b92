import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isAlive, ownIdentity, parseIdentity } from "./process-identity.ts";

const own = ownIdentity();

describe("whether a process is alive", () => {
  it("this one is", () => {
    expect(isAlive(own)).toBe(true);
  });

  it("one that ended is not", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(isAlive({ ...own, pid: child.pid ?? 0 })).toBe(false);
  });

  it("a later one with its number is another", () => {
    expect(isAlive({ ...own, startedAt: "then" })).toBe(false);
  });

  it("none outlives a start of the machine", () => {
    expect(isAlive({ ...own, boot: "before" })).toBe(false);
  });

  it("of another machine or container, it cannot be told", () => {
    expect(isAlive({ ...own, host: `not-${own.host}` })).toBeUndefined();
    expect(isAlive({ ...own, pidNamespace: "pid:[1]" })).toBeUndefined();
  });
});

describe("what is read back", () => {
  it("is what was written", () => {
    expect(parseIdentity(JSON.stringify(own))).toEqual(own);
  });

  it.each(["", "null", "[]", "{}", '{"pid":"1","host":"a"}', '{"pid":-1,"host":"a"}', '{"pid":0.5,"host":"a"}'])(
    "is nothing if it is %j",
    (text) => {
      expect(parseIdentity(text)).toBeUndefined();
    },
  );
});
