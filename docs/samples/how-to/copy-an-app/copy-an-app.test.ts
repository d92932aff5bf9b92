import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { main } from "../../../../packages/create/src/main.ts";
import { TEMPLATES } from "../../../../packages/create/src/templates.ts";

const page = readFileSync(new URL("../../../src/content/docs/how-to/copy-an-app.mdx", import.meta.url), "utf8");
const packages = new URL("../../../../packages/", import.meta.url);
const APPS = Object.keys(TEMPLATES).filter((name) => name !== "minimal");

describe("the page names what there is", () => {
  it("each template, and no other", () => {
    const table = [...page.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].map(([, name, summary]) => [name, summary]);
    expect(table).toEqual(Object.entries(TEMPLATES).map(([name, { summary }]) => [name, summary]));
  });

  it.each([...page.matchAll(/^npm create longhaul (.*)$/gm)].map(([, given = ""]) => given))(
    "flags that npm create takes: %s",
    async (given) => {
      const flags = given.split(" ").filter((word) => /^--\w/.test(word));
      const printed: string[] = [];
      const out = (text: string) => void printed.push(text);
      const code = await main(["--help"], { workingDirectory: ".", install: async () => {}, out, err: out });
      expect(code).toBe(0);
      for (const flag of flags) expect(printed.join("")).toMatch(new RegExp(`${flag}\\b`));
    },
  );

  it.each(Object.keys(TEMPLATES))("what src/work.ts of %s exports", (app) => {
    const folder = new URL(app === "minimal" ? "create/minimal/" : `${app}/`, packages);
    const work = readFileSync(new URL("src/work.ts", folder), "utf8");
    const exported = [...work.matchAll(/^export (?:const|(?:async )?function) (\w+)/gm)].map(
      ([, name]) => `\`${name}\``,
    );
    const [, told] = new RegExp(`^\\| ${app} \\| (.+?) \\|`, "m").exec(page) ?? [];
    expect(told?.split(", ")).toEqual(exported);
  });

  it.each(APPS)("the steps of copying %s by hand, as its README says them", (app) => {
    const readme = readFileSync(new URL(`${app}/README.md`, packages), "utf8");
    const steps = (text: string) =>
      /^1\. Copy (?:this|the) folder[\s\S]+?`npm test`\./m.exec(text)?.[0].replace(/\s+/g, " ");
    const said = steps(page)?.replace("Copy the folder", "Copy this folder");
    expect(said).toBeDefined();
    expect(steps(readme)).toBe(said);
  });
});
