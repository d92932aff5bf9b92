import { describe, expect, it } from "vitest";
import { INFRA } from "./choices.ts";
import { readTemplate } from "./packed-template.ts";
import type { ProjectFiles } from "./project-files.ts";
import { render } from "./render.ts";
import { dataOf, TEMPLATE_NAMES } from "./templates.ts";

interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const names = { packageName: "my-photos", longhaulRange: "^1.2.3" };
/** Packages by the commands that they bring. */
const BRINGS: Readonly<Record<string, string>> = {
  longhaul: "longhaul",
  cdk: "aws-cdk",
  tsc: "typescript",
  vitest: "vitest",
};

const rendered = await Promise.all(
  TEMPLATE_NAMES.flatMap((template) =>
    INFRA.map(async (infra) => {
      const packed = await readTemplate(template);
      const make = (data?: string) => render(packed, { template, infra, data }, names);
      return { name: `${template} with infrastructure ${infra}`, template, infra, files: make(), make };
    }),
  ),
);

function manifestOf(files: ProjectFiles): Manifest {
  return JSON.parse(files.get("package.json") ?? "");
}

/** The packages that a project's code imports. */
function importsOf(files: ProjectFiles): Set<string> {
  const code = [...files].filter(([path]) => path.endsWith(".ts")).map(([, text]) => text);
  const specifiers = code.flatMap((text) =>
    [...text.matchAll(/(?:from|import) "([^."][^"]*)"/g)].map(([, name = ""]) => name),
  );
  return new Set(
    specifiers.filter((name) => !name.startsWith("node:")).map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name),
  );
}

describe.each(rendered)("a project of $name", ({ infra, files, make }) => {
  const manifest = manifestOf(files);

  it("has everything of an app", () => {
    const infrastructure =
      infra === "cdk" ? ["cdk.json", "infra/app.ts", "infra/stack.ts"] : ["longhaul.json", "resources.json"];
    for (const path of [
      ...[".gitignore", "AGENTS.md", "README.md", "longhaul.config.ts", "package.json", "tsconfig.json"],
      ...["src/handler.ts", "src/work.ts", "test/app.test.ts", "vitest.config.ts", ...infrastructure],
    ]) {
      expect(files.get(path)?.length, path).toBeGreaterThan(0);
    }
  });

  it("names nothing of the workspace", () => {
    for (const [path, text] of files) {
      expect(path).not.toMatch(/^[_/]|\.\.|\\/);
      for (const word of ["workspace:", "../..", "longhaul-source", "](../"]) expect(text, path).not.toContain(word);
    }
  });

  it("asks for versions that a registry has", () => {
    for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      const isOurs = name === "longhaul" || name.startsWith("@longhaul/");
      if (isOurs) expect(range, name).toBe("^1.2.3");
      else expect(range, name).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it("depends on what its scripts and its code need", () => {
    const has = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));
    const wanted = ["demo", "dev", "test", "typecheck", ...(infra === "cdk" ? ["deploy", "destroy"] : ["build"])];
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(wanted));
    for (const script of Object.values(manifest.scripts)) {
      const [command = ""] = script.split(" ");
      if (command !== "node") expect(has, script).toContain(BRINGS[command]);
    }
    for (const name of importsOf(files)) expect(has).toContain(name);
    // The constructs bundle with it, and the local build.
    expect(has).toContain("esbuild");
  });

  it("is complete by itself", () => {
    const { extends: base, include } = JSON.parse(files.get("tsconfig.json") ?? "") as {
      extends?: string;
      include: string[];
    };
    expect(base).toBeUndefined();
    for (const folder of include.filter((each) => !each.includes("*"))) {
      expect(
        [...files.keys()].some((path) => path.startsWith(`${folder}/`)),
        folder,
      ).toBe(true);
    }
    for (const [path, text] of files) {
      if (!path.endsWith(".md")) continue;
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
        expect(files.has(target), `${path}: ${target}`).toBe(true);
    }
  });

  it("bears its own name, and no licence of ours", () => {
    expect(manifest).toMatchObject({ name: "my-photos", private: true, version: "0.1.0" });
    expect(manifest.license).toBeUndefined();
    expect(files.get("longhaul.config.ts")).toContain('name: "my-photos"');
    expect(files.get("README.md")).toMatch(/^# my-photos\n/);
    if (infra === "cdk") expect(files.get("infra/app.ts")).toContain('Stack(app, "MyPhotos")');
  });

  it("tells an agent what it is, where to change it, what must hold, and the commands", () => {
    const page = files.get("AGENTS.md") ?? "";
    for (const part of [/^An AWS Lambda app/m, /^- `src\/work\.ts` is/m, /^Rules/m, /^Check with .*`npm test`/m]) {
      expect(page).toMatch(part);
    }
  });

  it("is the same to the byte when it is made again", () => {
    expect([...make()]).toEqual([...files]);
  });
});

describe.each(rendered.filter(({ infra }) => infra === "none"))("a project of $name", ({ files }) => {
  it("has nothing of CDK", () => {
    for (const [path, text] of files) {
      expect(path).not.toMatch(/^(?:infra\/|cdk\.json)/);
      expect(text, path).not.toMatch(
        /aws-cdk|\bcdk (?:synth|deploy|destroy)|@longhaul\/cdk|infra\/|aws:cdk:path|hnb659fds/,
      );
    }
    const { Resources } = JSON.parse(files.get("resources.json") ?? "");
    const codes = Object.values<{ Type: string; Properties: { Code: string } }>(Resources)
      .filter(({ Type }) => Type === "AWS::Lambda::Function")
      .map(({ Properties }) => Properties.Code);
    expect(codes).toContain("build/handler");
    for (const code of codes) expect(files.has(`${code.replace("build", "src")}.ts`), code).toBe(true);
  });
});

describe.each(rendered.filter(({ template }) => dataOf(template).kind !== "none"))(
  "a project of $name",
  ({ template, make }) => {
    it("takes a file of the user's in place of the sample", () => {
      const own = make('/data/my "best" file.csv');
      expect([...own.keys()].filter((path) => path.startsWith("sample/"))).toEqual([]);
      const sample = dataOf(template).kind === "folder" ? '"sample"' : '"sample/my \\"best\\" file.csv"';
      expect(own.get("longhaul.config.ts")).toContain(`sample: ${sample}`);
    });
  },
);
