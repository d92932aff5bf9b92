import { describe, expect, it } from "vitest";
import { type Command, commandHelp, parseInvocation, positiveNumber, UsageError } from "./command.ts";

const command: Command = {
  name: "try",
  usage: "try THING [--fast]",
  summary: "Try a thing.",
  options: {
    fast: { type: "boolean", short: "f", help: "Hurry." },
    env: { type: "string", value: "NAME=VALUE", isRepeatable: true, help: "A variable." },
  },
  run: async () => 0,
};

describe("a verb's command line", () => {
  it("has positionals and options, long, short and repeated", () => {
    expect(parseInvocation(command, ["it", "-f", "--env", "A=1", "--env", "B=2"])).toEqual({
      positionals: ["it"],
      options: { fast: true, env: ["A=1", "B=2"] },
    });
  });

  it("refuses an option it does not know, by name", () => {
    expect(() => parseInvocation(command, ["--fats"])).toThrow(UsageError);
    expect(() => parseInvocation(command, ["--fats"])).toThrow(/--fats/);
  });

  it.each(["0", "-1", "soon", "Infinity"])("refuses %s where a number above 0 is needed", (value) => {
    expect(() => positiveNumber("timeout", value)).toThrow(/--timeout must be a number above 0/);
  });

  it("tells all of its options in its help", () => {
    const text = commandHelp(command);
    for (const part of [
      "usage: longhaul try THING [--fast]",
      "-f, --fast",
      "--env NAME=VALUE",
      "--help",
      "exit codes",
    ]) {
      expect(text).toContain(part);
    }
  });
});
