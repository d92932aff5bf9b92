import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { manualHost } from "../../test/manual-host.ts";
import { CallTimeoutError } from "./call-errors.ts";
import { IdleLimit } from "./idle-limit.ts";

describe("a stream in which no byte moves is aborted", () => {
  it("after the limit, if nothing ever came", () => {
    const host = manualHost();
    const idle = new IdleLimit({ name: "S3 GetObject", host, idleMs: 10_000 });
    host.advance(9_999);
    expect(idle.signal.aborted).toBe(false);
    host.advance(1);
    expect(idle.signal.reason).toBeInstanceOf(CallTimeoutError);
    expect(host.waiting).toBe(0);
  });

  it("not while bytes move, and at most half a limit late afterwards", () => {
    const host = manualHost();
    const idle = new IdleLimit({ name: "S3 GetObject", host, idleMs: 10_000 });
    for (let i = 0; i < 20; i++) {
      host.advance(4_000);
      idle.moved();
    }
    expect(idle.signal.aborted).toBe(false);
    host.advance(15_001);
    expect(idle.signal.aborted).toBe(true);
  });

  it("not while the reader keeps a chunk", () => {
    const host = manualHost();
    const idle = new IdleLimit({ name: "S3 GetObject", host, idleMs: 10_000 });
    idle.hold();
    host.advance(3_600_000);
    idle.unhold();
    host.advance(9_000);
    expect(idle.signal.aborted).toBe(false);
    host.advance(6_001);
    expect(idle.signal.aborted).toBe(true);
  });

  it("at once when the signal given aborts, with its reason", () => {
    const host = manualHost();
    const controller = new AbortController();
    const idle = new IdleLimit({ name: "S3 GetObject", host, signal: controller.signal });
    controller.abort("enough");
    expect(idle.signal.reason).toBe("enough");
    expect(host.waiting).toBe(0);
    expect(new IdleLimit({ name: "S3 GetObject", host, signal: controller.signal }).signal.reason).toBe("enough");
  });

  it("never after it was closed, which leaves nothing behind", () => {
    const host = manualHost();
    const { signal } = new AbortController();
    const idle = new IdleLimit({ name: "S3 GetObject", host, signal });
    idle.close();
    expect(host.waiting).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(idle.signal.aborted).toBe(false);
  });
});
