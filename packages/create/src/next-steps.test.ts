import { describe, expect, it } from "vitest";
import type { Choices } from "./choices.ts";
import { asWord, nextCommands, sameAgain } from "./next-steps.ts";

const choices: Choices = {
  folder: "my-app",
  name: undefined,
  template: "s3-batch",
  infra: "cdk",
  data: undefined,
  install: true,
  force: false,
};

describe("the commands to type next are those that work", () => {
  it.each<[string, Partial<Choices>, string[]]>([
    ["with everything", {}, ["cd my-app", "npm run demo", "npm test", "npm run deploy"]],
    ["in this folder", { folder: "." }, ["npm run demo", "npm test", "npm run deploy"]],
    [
      "without an install",
      { install: false },
      ["cd my-app", "npm install", "npm run demo", "npm test", "npm run deploy"],
    ],
    ["without CDK", { infra: "none" }, ["cd my-app", "npm run demo", "npm test", "npm run build"]],
    ["for a shell", { folder: "it's mine" }, ["cd 'it'\\''s mine'", "npm run demo", "npm test", "npm run deploy"]],
  ])("%s", (_, some, commands) => {
    expect(nextCommands({ ...choices, ...some })).toEqual(commands);
  });
});

describe("one command does the same again", () => {
  it.each<[Partial<Choices>, string]>([
    [{}, "npm create longhaul@1.2.3 my-app -- --template s3-batch --infra cdk --sample --install"],
    [
      { template: "minimal", infra: "none", install: false, name: "@acme/a", force: true },
      "npm create longhaul@1.2.3 my-app -- --template minimal --infra none --name @acme/a --no-install --force",
    ],
    [
      { folder: "my app", data: "a; rm -rf ~.csv" },
      "npm create longhaul@1.2.3 'my app' -- --template s3-batch --infra cdk --data 'a; rm -rf ~.csv' --install",
    ],
  ])("%#", (some, line) => {
    expect(sameAgain({ ...choices, ...some }, "1.2.3")).toBe(line);
  });

  it("quotes whatever a shell would take for itself", () => {
    for (const text of ["", "a b", "$(x)", "`x`", "a&b", "a>b", "*", "!", "#", "größe"])
      expect(asWord(text)).toBe(`'${text}'`);
  });
});
