import { execFileSync } from "node:child_process";
import { globSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { LonghaulError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { DOCS, WORKSPACE } from "../generate/places.ts";

const PAGES = join(DOCS, "errors");
const codes = readdirSync(PAGES).map((file) => basename(file, ".md"));
const addressFiles = globSync("packages/*/src/error-page.ts", { cwd: WORKSPACE });

/** The file of this repository that an address on its host shows. */
function fileAt(url: string): string {
  const [, path] = /\/blob\/main\/(.+)$/.exec(url) ?? [];
  return path ?? "";
}

describe("what an error prints leads to its page", () => {
  it("is about all codes and all packages that have the address", () => {
    expect(codes.length).toBeGreaterThan(100);
    expect(addressFiles.map((file) => file.split("/")[1]).sort()).toEqual(["cli", "core", "create", "local"]);
  });

  it.each(addressFiles)("%s: for every code", async (file) => {
    const { errorPage }: { errorPage(code: string): string } = await import(pathToFileURL(join(WORKSPACE, file)).href);
    const known = new Set(
      execFileSync("git", ["ls-files", "--cached", "--others", "docs/errors"], {
        cwd: WORKSPACE,
        encoding: "utf8",
      }).split("\n"),
    );
    for (const code of codes) expect(known).toContain(fileAt(errorPage(code)));
  });

  it("is printed with the error, as a log and Lambda's report of a failure show it", () => {
    const error = new LonghaulError("FENCED", "It is over.");
    expect(inspect(error)).toContain(error.helpUrl);
    expect(JSON.parse(JSON.stringify(error)).helpUrl).toBe(error.helpUrl);
    expect(fileAt(error.helpUrl)).toBe("docs/errors/FENCED.md");
  });
});
