import type { Finding } from "./finding.ts";
import { type Located, manifestIn, publicPackagesOf } from "./manifest.ts";
import type { Tree } from "./tree.ts";

/** The commands that check a package as its users see it. `require()` takes ES modules in every Node that the packages support. */
const PUBLINT = "publint --strict --pack npm";
const TYPES = "attw --pack . --profile node16 --ignore-rules cjs-resolves-to-esm";

/** The address of the repository, as the root's manifest names it; empty if it names none. */
export function repositoryOf(tree: Tree): string {
  const url = manifestIn(tree, ".").repository?.url ?? "";
  return url.replace(/^git\+/, "").replace(/\.git$/, "");
}

/**
 * Finds what a published package lacks: where it comes from, what it needs, what is in it, the checks that hold its types
 * and its entries, links that work on npm, its place among the
 * releases, its provenance, and, before the first release, another way to get it.
 */
export function unreadyPackages(tree: Tree): Finding[] {
  const packages = publicPackagesOf(tree);
  return [
    ...packages.flatMap((each) => manifestProblems(tree, each)),
    ...packages.flatMap(({ folder }) => linkProblems(tree, `${folder}/README.md`)),
    ...workflowProblems(tree),
    ...readmeProblems(tree, packages),
  ].map(({ place, message }) => ({ rule: "published-packages", place, message }));
}

type Problem = Pick<Finding, "place" | "message">;

function manifestProblems(tree: Tree, { folder, manifest }: Located): Problem[] {
  const repository = repositoryOf(tree);
  const root = manifestIn(tree, ".");
  const check = manifest.scripts?.["lint:package"] ?? "";
  const hasTypes = Object.values(manifest.exports ?? {}).some((target) => typeof target === "object");
  const { fixed = [] } = JSON.parse(tree.text(".changeset/config.json") || "{}") as { fixed?: readonly string[][] };
  const wanted: readonly (readonly [isThere: boolean, message: string])[] = [
    [
      manifest.repository?.type === "git" &&
        manifest.repository.url === root.repository?.url &&
        manifest.repository.directory === folder,
      `repository must be { type: "git", url: the root's, directory: "${folder}" }.`,
    ],
    [
      manifest.homepage === `${repository}/tree/main/${folder}#readme`,
      `homepage must be ${repository}/tree/main/${folder}#readme.`,
    ],
    [manifest.bugs === `${repository}/issues`, `bugs must be ${repository}/issues.`],
    [
      manifest.license !== undefined && manifest.license === root.license,
      `license must be the root's, ${root.license}.`,
    ],
    [manifest.engines?.node !== undefined, "engines must say which Node it needs."],
    [manifest.sideEffects !== undefined, "sideEffects must be false, or name the files that bundlers have to keep."],
    [manifest.files?.includes("CHANGELOG.md") ?? false, "files must contain CHANGELOG.md: npm does not add it."],
    [tree.has(`${folder}/README.md`), "There is no README.md."],
    [tree.has(`${folder}/LICENSE`), "There is no LICENSE."],
    [check.includes(PUBLINT), `The script lint:package must run: ${PUBLINT}`],
    [!hasTypes || check.includes(TYPES), `The script lint:package must run: ${TYPES}`],
    [
      fixed.some((group) => group.includes(manifest.name ?? "")),
      `.changeset/config.json must have ${manifest.name} among those that are released together.`,
    ],
  ];
  return wanted
    .filter(([isThere]) => !isThere)
    .map(([, message]) => ({ place: `${folder}/package.json`, message: `${manifest.name}: ${message}` }));
}

/** Links of a README as npm shows it: there, a path that leads out of the package leads nowhere. */
function linkProblems(tree: Tree, path: string): Problem[] {
  const repository = repositoryOf(tree);
  return tree
    .text(path)
    .split("\n")
    .flatMap((line, at) =>
      [...line.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
        const place = `${path}:${at + 1}`;
        if (target.startsWith("#")) return [];
        if (!/^[a-z]+:/.test(target)) {
          return [{ place, message: `On npm ${target} leads nowhere. Give its address: ${repository}/blob/main/PATH` }];
        }
        const [, from = "", file = ""] = /^(.+)\/(?:blob|tree)\/main\/([^#]+)/.exec(target) ?? [];
        if (from === repository) return tree.has(file) ? [] : [{ place, message: `The repository has no ${file}.` }];
        return file !== "" && tree.has(file)
          ? [{ place, message: `This repository is ${repository}, not ${from}.` }]
          : [];
      }),
    );
}

/** A workflow that publishes has to prove which commit and which run made the packages. */
function workflowProblems(tree: Tree): Problem[] {
  const publishing = tree.paths
    .filter((path) => /^\.github\/workflows\/.+\.ya?ml$/.test(path))
    .filter((path) => /\bnpm (?:run release|publish)\b|changeset publish/.test(tree.text(path)));
  if (publishing.length === 0) return [{ place: ".github/workflows", message: "No workflow publishes the packages." }];
  return publishing.flatMap((path) =>
    [/^\s+id-token: write$/m, /^\s+NPM_CONFIG_PROVENANCE: "true"$/m]
      .filter((wanted) => !wanted.test(tree.text(path)))
      .map(({ source }) => ({
        place: path,
        message: `The packages get no provenance without ${source.replace(/\^\\s\+|\$/g, "")}.`,
      })),
  );
}

/** The words of the README while nobody can install the packages from npm. */
const UNRELEASED = "not on npm yet";

/** Until the first release the root's README says that there was none, and afterwards no longer. */
function readmeProblems(tree: Tree, packages: readonly Located[]): Problem[] {
  const isReleased = packages.some(({ manifest }) => manifest.version !== "0.0.0");
  const says = tree.text("README.md").includes(UNRELEASED);
  if (says !== isReleased) return [];
  const message = isReleased
    ? `The packages have been released: take out "${UNRELEASED}" and the story unreleased.`
    : `Say that the packages are "${UNRELEASED}", and how to get them.`;
  return [{ place: "README.md", message }];
}
