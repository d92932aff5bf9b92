import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { describe, expect, it } from "vitest";
import { namedValue, positiveNumber, verb } from "./verb.ts";

const made = (): CommandUnknownOpts =>
  verb("try", { summary: "Try a thing.", examples: ["longhaul try it --fast"], exitCodes: ["4  it was no thing"] })
    .argument("<thing>", "what to try")
    .option("-f, --fast", "Hurry.")
    .option("-t, --timeout <seconds>", "How long it may take.", positiveNumber)
    .option("-e, --env <name=value>", "A variable. Repeatable.", namedValue)
    .configureOutput({ outputError: () => {} })
    .exitOverride();

const parse = (...argv: string[]) => made().parse(argv, { from: "user" });

describe("a verb's command line", () => {
  it("has arguments and options, long, short and repeated", () => {
    const { args } = parse("it", "-f", "--env", "A=1", "--env", "B=x=y", "-t", "1.5");
    expect(args).toEqual(["it"]);
    expect(parse("it", "-f", "--env", "A=1", "--env", "B=x=y", "-t", "1.5").opts()).toEqual({
      fast: true,
      env: { A: "1", B: "x=y" },
      timeout: 1.5,
    });
  });

  it("refuses an option it does not know, by name, and names the near one", () => {
    expect(() => parse("it", "--fats")).toThrow(CommanderError);
    expect(() => parse("it", "--fats")).toThrow(/unknown option '--fats'\n\(Did you mean --fast\?\)/);
  });

  it("refuses what is missing and what is too much", () => {
    expect(() => parse()).toThrow(/missing required argument 'thing'/);
    expect(() => parse("it", "and", "more")).toThrow(/too many arguments/);
  });

  it.each(["0", "-1", "soon", "Infinity"])("refuses %s where a number above 0 is needed", (value) => {
    expect(() => parse("it", `--timeout=${value}`)).toThrow(/--timeout.*must be a number above 0/);
  });

  it.each(["A", "=1", ""])("refuses %j where NAME=VALUE is needed", (value) => {
    expect(() => parse("it", `--env=${value}`)).toThrow(/--env.*must be NAME=VALUE/);
  });
});
