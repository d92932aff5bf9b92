import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { appTemplate } from "../pack/app-template.ts";
import { plainTemplate } from "../pack/resources.ts";
import { readTemplate } from "../src/packed-template.ts";
import { TEMPLATE_NAMES } from "../src/templates.ts";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const folderOf = (name: string) => (name === "minimal" ? "packages/create/minimal" : `packages/${name}`);

describe("a template is the app as it is in the workspace", () => {
  it.each(TEMPLATE_NAMES)("%s", async (name) => {
    const folder = folderOf(name);
    const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", folder], {
      cwd: workspace,
      encoding: "utf8",
    });
    const paths = [...new Set(list.split("\0").filter((path) => path !== ""))];
    const texts = await Promise.all(
      paths.map(
        async (path) => [path.slice(folder.length + 1), await readFile(`${workspace}/${path}`, "utf8")] as const,
      ),
    );
    const { files } = await readTemplate(name);
    expect([...files]).toEqual([...appTemplate(new Map(texts))]);
    // Nothing of the app is left behind unnoticed.
    expect(files.size).toBe(paths.length);
  });

  it("has the manifest versions of the workspace, which all packages share", async () => {
    const manifests = ["create", "core", "objects", "walk", "fleet", "cdk", "local", "cli"].map(async (name) => {
      const { version } = JSON.parse(await readFile(`${workspace}/packages/${name}/package.json`, "utf8"));
      return version;
    });
    expect(new Set(await Promise.all(manifests)).size).toBe(1);
    const { fixed } = JSON.parse(await readFile(`${workspace}/.changeset/config.json`, "utf8"));
    expect(fixed[0]).toEqual(expect.arrayContaining(["create-longhaul", "longhaul", "@longhaul/core"]));
  });
});

describe("a page outside the workspace", () => {
  const page = (text: string) => appTemplate(new Map([["README.md", text]])).get("README.md");

  it("does not say how to copy the folder", () => {
    expect(page("# a\n\n## Take it home\n\n1. Copy\n\n## Change it\n\nwork\n")).toBe("# a\n\n## Change it\n\nwork\n");
  });

  it("has links that lead somewhere", () => {
    expect(page("[a](../walk) [b](../objects/README.md#errors) [c](src/work.ts)")).toBe(
      "[a](https://www.npmjs.com/package/@longhaul/walk) [b](https://www.npmjs.com/package/@longhaul/objects#errors) [c](src/work.ts)",
    );
  });
});

describe("the plain template", () => {
  const stack = (Code: object) =>
    JSON.stringify({ Resources: { Worker: { Type: "AWS::Lambda::Function", Properties: { Code } } } });

  it("names the folder of a function's code", () => {
    const { Resources } = JSON.parse(plainTemplate(stack({ ZipFile: "// not bundled" })));
    expect(Resources.Worker.Properties.Code).toBe("build/handler");
  });

  it("is refused where a function has code that the build would not make", () => {
    expect(() => plainTemplate(stack({ ZipFile: "exports.handler = 1" }))).toThrow("Worker has code of its own");
  });
});
