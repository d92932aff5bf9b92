import { describe, expect, it } from "vitest";
import { joinedSignal } from "./joined-signal.ts";

describe("a joined signal", () => {
  it("is aborted with the first of others, and with its reason", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const { signal } = joinedSignal([one.signal, other.signal]);
    expect(signal.aborted).toBe(false);
    other.abort("first");
    one.abort("second");
    expect([signal.aborted, signal.reason]).toEqual([true, "first"]);
  });

  it("is aborted at once where one of them was", () => {
    const { signal } = joinedSignal([new AbortController().signal, AbortSignal.abort("before")]);
    expect([signal.aborted, signal.reason]).toEqual([true, "before"]);
  });

  it("does not hear those that it left", () => {
    const other = new AbortController();
    const { signal, leave } = joinedSignal([other.signal]);
    leave();
    other.abort();
    expect(signal.aborted).toBe(false);
  });
});
