import { describe, expect, it } from "vitest";
import { unexplainedScripts } from "../src/explained-scripts.ts";
import { treeOf } from "../src/tree.ts";

const messagesOf = (scripts: Readonly<Record<string, string>>) =>
  unexplainedScripts(treeOf({ "package.json": JSON.stringify({ scripts }) })).map(({ message }) => message);

describe("npm run prints a table of contents that explains itself", () => {
  it("a script below its comment is explained", () => {
    expect(messagesOf({ "//demo": "# Runs it", demo: "node demo.ts" })).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["a script without a comment", { demo: "node demo.ts" }, /does not explain demo/],
    ["a comment that is a command", { "//demo": "echo x", demo: "node demo.ts" }, /does not explain demo/],
    ["a comment without words", { "//demo": "#", demo: "node demo.ts" }, /does not explain demo/],
    [
      "a comment that is too long",
      { "//demo": `# R${"u".repeat(90)}n`, demo: "node demo.ts" },
      /does not explain demo/,
    ],
    ["a comment of no script", { "//old": "# Runs it", "//demo": "# Runs", demo: "x" }, /\/\/old must stand directly/],
    ["a comment elsewhere", { demo: "x", "//demo": "# Runs it" }, /\/\/demo must stand directly above/],
  ])("%s is found", (_, scripts, message) => {
    expect(messagesOf(scripts).join("\n")).toMatch(message);
  });
});
