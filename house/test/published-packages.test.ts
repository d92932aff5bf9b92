import { describe, expect, it } from "vitest";
import { unreadyPackages } from "../src/published-packages.ts";
import { treeOf } from "../src/tree.ts";

const repository = "https://example.org/us/longhaul";
const manifest = {
  name: "@us/core",
  version: "0.0.0",
  homepage: `${repository}/tree/main/packages/core#readme`,
  bugs: `${repository}/issues`,
  repository: { type: "git", url: `git+${repository}.git`, directory: "packages/core" },
  license: "Apache-2.0",
  sideEffects: false,
  engines: { node: ">=22.12" },
  files: ["dist", "CHANGELOG.md"],
  exports: { ".": { types: "./dist/index.d.mts", default: "./dist/index.mjs" } },
  scripts: {
    "lint:package": "publint --strict --pack npm && attw --pack . --profile node16 --ignore-rules cjs-resolves-to-esm",
  },
};
const ready = {
  "README.md": "The packages are not on npm yet.",
  "package.json": JSON.stringify({ license: "Apache-2.0", repository: { url: `git+${repository}.git` } }),
  "packages/core/package.json": JSON.stringify(manifest),
  "packages/core/README.md": `[guarantees](${repository}/blob/main/docs/guarantees.md#a) [below](#below) [Node](https://nodejs.org/blob/main/docs/other.md)`,
  "packages/core/LICENSE": "Apache",
  "packages/app/package.json": JSON.stringify({ name: "app", private: true }),
  "packages/app/README.md": "[beside](../core/README.md)",
  "docs/guarantees.md": "# Guarantees",
  ".changeset/config.json": JSON.stringify({ fixed: [["@us/core"]] }),
  ".github/workflows/release.yml":
    'permissions:\n  id-token: write\nrun: npm run release\n  env:\n    NPM_CONFIG_PROVENANCE: "true"\n',
};

const findingsIn = (changes: Readonly<Record<string, string>>) =>
  unreadyPackages(treeOf({ ...ready, ...changes })).map(({ place, message }) => `${place}: ${message}`);

describe("a package that is published is ready for strangers", () => {
  it("with everything in place there is nothing to say, and a private package may do as it likes", () => {
    expect(findingsIn({})).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ["no repository", { repository: undefined }, /repository must be .* directory: "packages\/core"/],
    [
      "the directory of another",
      { repository: { ...manifest.repository, directory: "packages/x" } },
      /repository must/,
    ],
    ["another repository", { repository: { ...manifest.repository, url: "git+https://x.y/z.git" } }, /repository must/],
    ["no homepage", { homepage: undefined }, /homepage must be/],
    ["no bugs", { bugs: undefined }, /bugs must be/],
    ["another licence", { license: "MIT" }, /license must be the root's/],
    ["no engines", { engines: {} }, /engines must say/],
    ["no sideEffects", { sideEffects: undefined }, /sideEffects must be/],
    ["no changelog in the tarball", { files: ["dist"] }, /files must contain CHANGELOG\.md/],
    ["types that are not checked", { scripts: { "lint:package": "publint --strict --pack npm" } }, /must run: attw/],
    ["types of which a mode is left out", { scripts: { "lint:package": "attw --profile esm-only" } }, /must run: attw/],
    ["entries that are not checked", { scripts: {} }, /must run: publint/],
    ["a package that is left out of releases", { name: "@us/new" }, /must have @us\/new among/],
  ])("%s", (_, fault, message) => {
    const findings = findingsIn({ "packages/core/package.json": JSON.stringify({ ...manifest, ...fault }) });
    expect(findings.join("\n")).toMatch(message);
  });

  it("a command without types needs no check of types", () => {
    const command = { ...manifest, exports: undefined, scripts: { "lint:package": "publint --strict --pack npm" } };
    expect(findingsIn({ "packages/core/package.json": JSON.stringify(command) })).toEqual([]);
  });

  it("a README and a licence", () => {
    const { "packages/core/README.md": _, "packages/core/LICENSE": __, ...files } = ready;
    expect(unreadyPackages(treeOf(files)).map(({ message }) => message)).toEqual([
      "@us/core: There is no README.md.",
      "@us/core: There is no LICENSE.",
    ]);
  });

  it.each([
    ["[guarantees](../../docs/guarantees.md)", /:1: On npm \.\.\/\.\.\/docs\/guarantees\.md leads nowhere/],
    ["[licence](LICENSE)", /:1: On npm LICENSE leads nowhere/],
    ["[moved](https://x.y/old/blob/main/docs/guarantees.md)", /:1: This repository is .*, not https:\/\/x\.y\/old/],
    [`\n[old](${repository}/blob/main/docs/old.md)`, /:2: The repository has no docs\/old\.md/],
  ])("links that work on npm, not %j", (text, message) => {
    expect(findingsIn({ "packages/core/README.md": text }).join()).toMatch(message);
  });

  it("a README that says how to get it before the first release, and no longer", () => {
    expect(findingsIn({ "README.md": "npm install" }).join()).toMatch(/Say that the packages are "not on npm yet"/);
    const released = JSON.stringify({ ...manifest, version: "0.1.0" });
    expect(findingsIn({ "packages/core/package.json": released }).join()).toMatch(/README\.md: .* have been released/);
    expect(findingsIn({ "packages/core/package.json": released, "README.md": "npm install" })).toEqual([]);
  });

  it.each([
    ["the right to it", "id-token: write", /no provenance without id-token: write/],
    ["the wish for it", 'NPM_CONFIG_PROVENANCE: "true"', /no provenance without NPM_CONFIG_PROVENANCE: "true"/],
    ["a workflow", "npm run release", /No workflow publishes/],
  ])("provenance: not without %s", (_, line, message) => {
    const path = ".github/workflows/release.yml";
    expect(findingsIn({ [path]: ready[path].replace(line, "") }).join()).toMatch(message);
  });
});
