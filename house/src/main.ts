/**
 * Checks the limits of the house. Ends with 1 where one is broken, and with 2 for options that it does not know.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { commandLine } from "../../scripts/command-line.ts";
import { changesetsAside } from "./changesets.ts";
import { circlesOf } from "./circles.ts";
import { decisionsAside } from "./decisions.ts";
import { errorPages } from "./error-pages.ts";
import { unexplainedScripts } from "./explained-scripts.ts";
import type { Finding } from "./finding.ts";
import { commandsOfPackage, installedIn } from "./installed.ts";
import { modulesOf } from "./module.ts";
import { missingThings } from "./named-things.ts";
import { emptyNames, namesTwice, testHelpersInSource } from "./names.ts";
import { commandsOfWorkspaceAlone } from "./npx-commands.ts";
import { unpinnedActions } from "./pinned-actions.ts";
import { promisesWithoutTest } from "./promises.ts";
import { unreadyPackages } from "./published-packages.ts";
import { wrongFigures } from "./quoted-figures.ts";
import { admitted, canTighten, type Ratchet, tightened, tooHigh } from "./ratchet.ts";
import { type Measure, sizesOf } from "./sizes.ts";
import { readTree } from "./tree.ts";
import { avoidedWords, headlessComments } from "./words.ts";

const usage = `Checks the limits of the house: sizes, names, circles of imports, words, and what pages name.

  npm run house -- [--list RULE]... [--tighten] [--admit]

  --list     shows each finding of a rule, also those that the ratchet allows
  --tighten  lowers the figures of house/ratchet.json to today's
  --admit    adds figures above their limits that have no entry yet: of a new package, or a new rule`;

/** Rules that the house does not keep everywhere yet: how many findings there are is in the ratchet. */
const COUNTED = [
  "circles",
  "names-twice",
  "test-helpers",
  "empty-names",
  "avoided-words",
  "headless-comments",
] as const;

const root = fileURLToPath(new URL("../..", import.meta.url));
const ratchetFile = new URL("../ratchet.json", import.meta.url);

const { values } = commandLine(usage, {
  options: {
    list: { type: "string", multiple: true, default: [] },
    tighten: { type: "boolean", default: false },
    admit: { type: "boolean", default: false },
  },
});
process.exitCode = main();

function main(): number {
  const tree = readTree(root);
  const modules = modulesOf(tree, () => true);
  const sources = modules.filter(({ path }) => /(?:^|\/)(?:src|infra)\//.test(path));
  const strict = [
    ...missingThings(tree, installedIn(root, tree)),
    ...promisesWithoutTest(tree),
    ...errorPages(tree, modules),
    ...unpinnedActions(tree),
    ...wrongFigures(tree),
    ...unreadyPackages(tree),
    ...commandsOfWorkspaceAlone(tree, (name) => commandsOfPackage(root, name)),
    ...unexplainedScripts(tree),
    ...decisionsAside(tree),
    ...changesetsAside(tree),
  ];
  const counted = [
    ...circlesOf(sources),
    ...namesTwice(tree, modules),
    ...testHelpersInSource(tree, modules),
    ...emptyNames(tree),
    ...avoidedWords(tree, modules),
    ...headlessComments(tree, modules),
  ];
  const measures: Measure[] = [
    ...sizesOf(tree),
    ...COUNTED.map((rule) => ({ name: rule, value: counted.filter((each) => each.rule === rule).length, limit: 0 })),
  ];
  let ratchet = JSON.parse(readFileSync(ratchetFile, "utf8")) as Ratchet;
  if (values.tighten) ratchet = tightened(measures, ratchet);
  if (values.admit) ratchet = admitted(measures, ratchet);
  if (values.tighten || values.admit) writeFileSync(ratchetFile, `${JSON.stringify(ratchet, null, 2)}\n`);

  const broken = tooHigh(measures, ratchet);
  const shown = new Set<string>([...values.list, ...broken.map(({ name }) => name)]);
  const changed = broken.length > 0 ? filesSinceRatchet() : new Set<string>();
  const isShown = ({ rule, place }: Finding) =>
    values.list.includes(rule) || (shown.has(rule) && changed.has(place.replace(/:\d+$/, "")));
  for (const finding of [...strict, ...counted.filter(isShown)]) say(finding);
  for (const { name, value, limit } of broken) console.error(`${name}: ${value}, and it may be ${limit}.`);
  if (broken.some(({ name }) => COUNTED.some((rule) => rule === name))) {
    console.error("Shown are findings in files that changed lately; -- --list RULE shows all.");
  }
  if (strict.length + broken.length > 0) return 1;
  if (canTighten(measures, ratchet))
    console.log("Some figures have fallen: npm run house -- --tighten keeps them there.");
  console.log("The house is in order.");
  return 0;
}

/** The files that changed since the ratchet was written a few times ago: findings that are too many are in these. */
function filesSinceRatchet(): ReadonlySet<string> {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  // Not the last time: branches that were written side by side may have added to each other's figures.
  const [, , , commit = "HEAD"] = git("log", "-4", "--format=%H", "--", "house/ratchet.json").split("\n");
  const untracked = git("ls-files", "--others", "--exclude-standard");
  return new Set([git("diff", "--name-only", commit), untracked].join("\n").split("\n"));
}

function say({ rule, place, message }: Finding): void {
  console.error(`${place}: ${message} (${rule})`);
}
