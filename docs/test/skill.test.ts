import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOCS } from "../generate/places.ts";

const REPOSITORY = "https://github.com/longhaul/longhaul/blob/main/";
const FOLDER = "skills/long-running-lambda";
const skill = readFileSync(join(DOCS, "public", FOLDER, "SKILL.md"), "utf8");

describe("the skill for coding agents", () => {
  it("says in its head what it is for", () => {
    const [, head = ""] = skill.split("---\n");
    expect(head).toMatch(/^name: long-running-lambda\ndescription: .{40,1024}\n$/);
  });

  it("shows the example that is tested", () => {
    const [, code] = /```ts\n([\s\S]*?)```/.exec(skill) ?? [];
    expect(code).toBe(readFileSync(join(DOCS, "..", "examples", "src", "store.ts"), "utf8"));
  });

  it("links pages that are there, by addresses that hold where it is copied to", () => {
    const links = [...skill.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) {
      expect(link).toContain(REPOSITORY);
      expect(existsSync(join(DOCS, "..", link.replace(REPOSITORY, ""))), link).toBe(true);
    }
  });
});
