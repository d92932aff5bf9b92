import { describe, expect, it } from "vitest";
import { formatShellSession, isSameOutput, parseShellSession } from "./shell-session.ts";

const FILE = `# varies: \\d+ ms
$ first --now
took 12 ms

done
$ second
`;

describe("a shell session", () => {
  it("has commands, each with what it printed", () => {
    expect(parseShellSession("a", FILE).steps).toEqual([
      { command: "first --now", output: "took 12 ms\n\ndone" },
      { command: "second", output: "" },
    ]);
  });

  it("is written as it is read", () => {
    expect(formatShellSession(parseShellSession("a", FILE))).toBe(FILE);
  });

  it("is compared but for what varies", () => {
    const { varies } = parseShellSession("a", FILE);
    expect(isSameOutput("took 12 ms", "took 3456 ms", varies)).toBe(true);
    expect(isSameOutput("took 12 ms", "took 12 s", varies)).toBe(false);
    expect(isSameOutput("took 12 ms", "took 12 ms\nfailed", varies)).toBe(false);
  });

  it.each([
    ["no command", "only text", "comes before the first command"],
    ["nothing", "", "has no command"],
    ["a pattern that is none", "# varies: (\n$ a", "is not a regular expression"],
  ])("with %s is refused", (_, text, message) => {
    expect(() => parseShellSession("a", text)).toThrow(message);
  });
});
