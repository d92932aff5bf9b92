import { describe, expect, it } from "vitest";
import { bar, paintFor, screenOn, wantsColor } from "./terminal.ts";

function stream(isTTY: boolean) {
  const written: string[] = [];
  return {
    written,
    stream: { isTTY, columns: 40, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream,
  };
}

describe("colours are for terminals that want them", () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ TERM: "dumb" }, true, false],
  ])("%j on a terminal: %s -> %s", (env, isTTY, expected) => expect(wantsColor({ isTTY }, env)).toBe(expected));

  it("leaves text alone otherwise", () => expect(paintFor(false).red("x")).toBe("x"));
});

describe("a screen", () => {
  it("writes plain lines and no status where there is no terminal", () => {
    const { written, stream: to } = stream(false);
    const screen = screenOn(to, {});
    screen.status("moving");
    screen.line("one");
    expect(written.join("")).toBe("one\n");
  });

  it("keeps the moving line last on a terminal, within its width", () => {
    const { written, stream: to } = stream(true);
    const screen = screenOn(to, {});
    screen.status("x".repeat(100));
    screen.line("one");
    const last = written.at(-1) ?? "";
    expect(last).toContain("one\n");
    expect(last.endsWith("x".repeat(39))).toBe(true);
  });

  it("draws a bar", () => expect(bar(0.5, 4)).toBe("██░░"));
});
