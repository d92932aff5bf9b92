import { describe, expect, it } from "vitest";
import { OptionError, optionsFrom } from "../src/options.ts";

const known = { apps: ["s3-batch", "queue-loops"], bugs: ["delete-before-work"] };

describe("the command line", () => {
  it("is about all apps for five minutes, with a seed by chance", () => {
    const { seed, ...rest } = optionsFrom([], known);
    expect(rest).toEqual({
      minutes: 5,
      apps: known.apps,
      isJson: false,
      isQuiet: false,
      bug: undefined,
      isHelp: false,
    });
    expect(seed).toBeGreaterThan(0);
  });

  it("says otherwise", () => {
    const args = ["--seed", "7", "--minutes", "0.5", "--app", "queue-loops", "--json", "--bug", "delete-before-work"];
    expect(optionsFrom(args, known)).toMatchObject({
      seed: 7,
      minutes: 0.5,
      apps: ["queue-loops"],
      isJson: true,
      bug: "delete-before-work",
    });
  });

  it.each([
    [["--seed", "x"], '--seed cannot be "x"'],
    [["--seed", "1.5"], '--seed cannot be "1.5"'],
    [["--seed", ""], '--seed cannot be ""'],
    [["--minutes", "0"], '--minutes cannot be "0"'],
    [["--app", "s3"], "Known: s3-batch, queue-loops"],
    [["--bug", "none"], "Known: delete-before-work"],
    [["--sead", "1"], "--sead"],
    [["now"], "now"],
  ])("that cannot be meant is refused: %j", (args, message) => {
    expect(() => optionsFrom(args, known)).toThrow(message);
    expect(() => optionsFrom(args, known)).toThrow(OptionError);
  });
});
