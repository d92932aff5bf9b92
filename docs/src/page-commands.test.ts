import { describe, expect, it } from "vitest";
import { lineNotPrinted, pageCommands, pageSteps, sectionOf } from "./page-commands.ts";

describe("the commands of a page", () => {
  const page =
    "# T\n\n```sh\nnpm ci\n# a comment\nnpm start\n```\n\n```\ngood\n```\n\n```ts\nx();\n```\n\n```\nno output\n```\n";

  it("are the lines of its shell blocks, with the output that follows", () => {
    expect(pageCommands("T", page)).toEqual([
      { command: "npm ci", shown: undefined },
      { command: "npm start", shown: "good" },
    ]);
  });

  it("have to be there", () => {
    expect(() => pageCommands("T", "# T\n")).toThrow("T has no command.");
  });
});

describe("what a reader does", () => {
  const page =
    "# T\n\n```sh\nnpm ci\n```\n\n```\ngood\n```\n\nsrc/work.ts\n\n```ts\nx();\n```\n\n```sh\nnpm test\n```\n";

  it("is in order: commands, and the files whose paths stand above their blocks", () => {
    expect(pageSteps("T", page)).toEqual([
      { command: "npm ci", shown: "good" },
      { file: "src/work.ts", text: "x();\n" },
      { command: "npm test", shown: undefined },
    ]);
  });

  it("writes no block that only a name stands above", () => {
    expect(pageSteps("T", page.replace("src/work.ts", "work.ts"))).toHaveLength(2);
  });
});

it("a section ends where the next one begins", () => {
  const readme = "# R\n\n## Try it\n\ntext\n\n## More\n\nmore\n";
  expect(sectionOf("README.md", readme, "Try it")).toBe("\ntext\n");
  expect(() => sectionOf("README.md", readme, "None")).toThrow('README.md has no section "None".');
});

describe("what a page shows of an output", () => {
  it("is printed, in this order, with lines left out only where the page says so", () => {
    expect(lineNotPrinted("a\n… 2 lines\nd", "a\nb\nc\nd")).toBeUndefined();
    expect(lineNotPrinted("a\nd", "a\nb")).toBe("d");
    expect(lineNotPrinted("b\na", "a\nb")).toBe("a");
  });
});
