import { describe, expect, it } from "vitest";
import { modulesOf } from "../src/module.ts";
import { treeOf } from "../src/tree.ts";
import { avoidedWords, headlessComments } from "../src/words.ts";

function wordsIn(path: string, text: string): string[] {
  const tree = treeOf({ [path]: text });
  return avoidedWords(
    tree,
    modulesOf(tree, () => true),
  ).map(({ place, message }) => `${place} ${message.split(":")[0]}`);
}

describe("words that Plain English avoids are found", () => {
  it.each([
    "stands",
    "tells of",
    "comes to",
    "goes on",
    "sees to it",
    "whoever",
    "that there is",
    "for good",
    "in vain",
  ])("%s", (words) => {
    expect(wordsIn("README.md", `# A\n\nIt ${words} x.`)).toEqual([`README.md:3 "${words}"`]);
  });

  it.each([
    ["a comment", "const a = 1;\n// Whoever asks\n// waits in vain.\n", ['a.ts:2 "Whoever"', 'a.ts:3 "in vain"']],
    ["documentation", "/** The run\n * goes on. */\nexport const a = 1;", ['a.ts:2 "goes on"']],
    ["an error that is thrown", 'throw new EventError("Nothing stands there.");', ['a.ts:1 "stands"']],
    ["its template", "throw new Error(`$".concat("{a} goes\n on: $", "{b} stands.`);"), ['a.ts:2 "stands"']],
    [
      "an error that is defined",
      'class AError extends Error { constructor() { super("A", "x stands"); } }',
      ['a.ts:1 "stands"'],
    ],
  ])("in %s", (_, text, expected) => {
    expect(wordsIn("a.ts", text)).toEqual(expected);
  });

  it.each([
    ["README.md", "`it stands`, standstill, understands\n```ts\nit goes on\n```"],
    ["a.ts", 'const a = "it stands"; super.find("it stands"); new Map([["stands", 1]]);'],
    [".changeset/a.md", "it stands"],
    ["packages/core/etc/api.md", "it stands"],
  ])("and nothing else, in %s", (path, text) => {
    expect(wordsIn(path, text)).toEqual([]);
  });
});

describe("documentation begins with a noun or a verb", () => {
  const headless = (text: string) => {
    const tree = treeOf({ "a.ts": text });
    return headlessComments(
      tree,
      modulesOf(tree, () => true),
    ).length;
  };

  it.each(["/** What a run is. */", "/**\n * What it has.\n */"])("%s is found", (comment) => {
    expect(headless(`${comment}\nexport const a = 1;`)).toBe(1);
  });

  it.each(["/** The run, and what it has. */", "// What follows is quick.", "/* What? */", "/** What's new. */"])(
    "%s is not",
    (comment) => {
      expect(headless(`${comment}\nexport const a = 1;`)).toBe(0);
    },
  );
});
