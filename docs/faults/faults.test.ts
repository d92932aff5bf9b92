import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DOCS } from "../generate/places.ts";
import { type Copy, copyOfDocs } from "./planted.ts";

const PAGE = "src/content/docs/explanation/exact-output.mdx";
const TEXT = "A page with enough text to be one. ".repeat(20);

let docs: Copy;
beforeAll(() => {
  docs = copyOfDocs();
});
afterAll(() => docs[Symbol.dispose]());

function page(body: string): string {
  return `---
title: A page with a fault
description: It is planted by a test.
---

import Sample from "../../../components/Sample.astro";
import Shell from "../../../components/Shell.astro";
import Run from "../../../components/Run.astro";

${TEXT}

${body}
`;
}

describe("the build notices", () => {
  it("links that lead nowhere, and what would be loaded from elsewhere: all of them at once", async () => {
    docs.write(
      PAGE,
      page(`[to no page](/explanation/nothing.html), [to no place of a page](/explanation/guarantees.html#nothing),
[to no place of its own](#nothing), [to a folder](/explanation/)

<img src="https://elsewhere.example/x.png" alt="from elsewhere" />`),
    );
    const { code, output } = await docs.run("commands/build.ts");
    const problems = output.split("\n").filter((line) => line.startsWith("explanation/exact-output.html: "));
    expect(problems.map((line) => line.replace("explanation/exact-output.html: ", ""))).toEqual([
      "/explanation/nothing.html leads to no page or file",
      "/explanation/guarantees.html#nothing leads to no such place on its page",
      "#nothing leads to no such place on its page",
      "/explanation/ leads to no page or file",
      "loads https://elsewhere.example/x.png from elsewhere",
    ]);
    expect(code).toBe(1);
  });

  it.each([
    ["a warning: a language that nobody knows", "```nosuchlanguage\nx\n```", "[WARN]"],
    ["a missing sample", `<Sample file="nothing.ts" />`, "There is no sample nothing.ts"],
    ["a missing region", `<Sample file="first-page/photos.ts" region="nothing" />`, 'has no region "nothing"'],
    ["a missing shell session", `<Shell name="nothing" />`, "There is no shell session nothing.shell"],
    ["a missing picture", `<Run name="nothing" alt="x" />`, "There is no picture nothing"],
  ])("%s", async (_, body, message) => {
    docs.write(PAGE, page(body));
    const { code, output } = await docs.run("commands/build.ts");
    expect(output).toContain(message);
    expect(code).toBe(1);
  });

  it("a page whose main part is empty", async () => {
    docs.write(PAGE, `---\ntitle: An empty page\n---\n\nexport const nothing = undefined;\n\n{nothing}\n`);
    const { code, output } = await docs.run("commands/build.ts");
    expect(output).toMatch(/explanation\/exact-output\.html: has \d+ characters of text: it is empty/);
    expect(code).toBe(1);
  });

  it("a sample that fails while its picture is made", async () => {
    docs.write(PAGE, page(""));
    docs.write(
      "samples/broken.picture.ts",
      `export default async () => { throw new Error("the sample is broken"); };\n`,
    );
    const { code, output } = await docs.run("commands/build.ts");
    docs.write("samples/broken.picture.ts", "export default async () => ({ hops: [] });\n");
    expect(output).toContain("the sample is broken");
    expect(code).toBe(1);
  });

  it("nothing where there is nothing, and a failed build then leaves the good site", async () => {
    docs.write(PAGE, page(""));
    expect(await docs.run("commands/build.ts")).toMatchObject({ code: 0 });
    const good = docs.read("dist/index.html");
    docs.write(PAGE, page("[x](/nothing.html)"));
    expect((await docs.run("commands/build.ts")).code).toBe(1);
    expect(docs.read("dist/index.html")).toBe(good);
  });
});

describe("the lane notices", () => {
  it("a type error in a sample", async () => {
    docs.write("samples/typed.ts", `export const hops: number = "three";\n`);
    const { code, output } = await docs.run("commands/test.ts", "types");
    docs.write("samples/typed.ts", "export {};\n");
    expect(output).toContain("Type 'string' is not assignable to type 'number'");
    expect(code).toBe(1);
  });

  it("a type error in a component", async () => {
    docs.write("src/components/Typed.astro", `---\nconst hops: number = "three";\n---\n\n<p>{hops}</p>\n`);
    const { code, output } = await docs.run("commands/test.ts", "types");
    docs.write("src/components/Typed.astro", "<p>3</p>\n");
    expect(output).toContain("Type 'string' is not assignable to type 'number'");
    expect(code).toBe(1);
  });

  it("a sample that does something else than it should", async () => {
    docs.edit("samples/first-page/photos.ts", "next: next + 1", "next: next + 2");
    const { code, output } = await docs.run("commands/test.ts", "tests");
    docs.edit("samples/first-page/photos.ts", "next: next + 2", "next: next + 1");
    expect(output).toContain("every photo is resized, whatever goes wrong");
    expect(code).toBe(1);
  });

  it("a page that the navigation does not lead to", async () => {
    docs.write("src/content/docs/explanation/nobody-links-here.md", `---\ntitle: x\n---\n\n${TEXT}\n`);
    const { code, output } = await docs.run("commands/test.ts", "tests");
    expect(output).toContain("explanation/nobody-links-here");
    expect(code).toBe(1);
  });

  it("a command that prints something else than the page shows", async () => {
    docs.write("samples/printed.shell", "# varies: \\d+\n$ echo 12 hops\n13 hops\n");
    expect(await docs.run("commands/outputs.ts", "printed")).toMatchObject({ code: 0 });
    docs.write("samples/printed.shell", "# varies: \\d+\n$ echo 12 hops\n13 invocations\n");
    const { code, output } = await docs.run("commands/outputs.ts", "printed");
    expect(output).toContain('"echo 12 hops" prints something else than the page shows');
    expect(code).toBe(1);
  });

  it.each([
    [
      "a command that a newcomer cannot type",
      "npm run try -- tutorial/01-",
      "npm run tried -- tutorial/01-",
      "It ended with 1.",
    ],
    [
      "an output that a newcomer does not see",
      "hop  0  done",
      "hop  7  done",
      'It does not print what the page shows: "hop  7  done',
    ],
  ])("%s", async (_, from, to, message) => {
    const page = "dist/tutorial/out-of-time.md";
    docs.write(page, readFileSync(join(DOCS, page), "utf8"));
    expect(await docs.run("commands/newcomer.ts", "tutorial/out-of-time")).toMatchObject({ code: 0 });
    docs.edit(page, from, to);
    const { code, output } = await docs.run("commands/newcomer.ts", "tutorial/out-of-time");
    expect(output).toContain(message);
    expect(code).toBe(1);
  });

  it("a command that fails where the page shows none of it", async () => {
    docs.write("samples/printed.shell", "$ echo fine; no-such-command-anywhere\nfine\n");
    expect((await docs.run("commands/outputs.ts", "printed")).code).toBe(1);
  });
});
