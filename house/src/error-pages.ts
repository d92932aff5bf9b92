import { constants } from "node:os";
import { type Finding, placeAt } from "./finding.ts";
import { isTest, type Module } from "./module.ts";
import { repositoryOf } from "./published-packages.ts";
import type { Tree } from "./tree.ts";

const FOLDER = "docs/errors/";
const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;
/** Codes of the operating system, which are not ours: `ECONNRESET`. */
const SYSTEM_CODES: ReadonlySet<string> = new Set(Object.keys(constants.errno));

/** Finds error codes without a page in `docs/errors`, pages of codes that no package has, and errors that do not lead to theirs. */
export function errorPages(tree: Tree, modules: readonly Module[]): Finding[] {
  const owners = new Map<string, string>();
  for (const { path, code } of modules) {
    if (!/^packages\/[^/]+\/src\//.test(path) || isTest(path)) continue;
    for (const { name, offset } of codesIn(code)) owners.set(name, owners.get(name) ?? placeAt(path, code, offset));
  }
  const pages = new Set(
    tree.paths.filter((path) => path.startsWith(FOLDER)).map((path) => path.slice(FOLDER.length, -".md".length)),
  );
  return [
    ...[...owners]
      .filter(([name]) => !pages.has(name))
      .map(([name, place]) => finding(place, `The code ${name} has no page: write ${FOLDER}${name}.md.`)),
    ...[...pages]
      .filter((name) => !owners.has(name))
      .map((name) => finding(`${FOLDER}${name}.md`, `No package has an error or a reason with the code ${name}.`)),
    ...[...pages].flatMap((name) => unwritten(tree, name)),
    ...modules.flatMap((each) => (isTest(each.path) ? [] : [...withoutLink(each), ...otherAddresses(tree, each)])),
  ];
}

/** An error class with a code and without a base that links its page. */
function withoutLink({ path, code }: Module): Finding[] {
  return [...code.matchAll(/class (\w+) extends Error \{[\s\S]*?\n\}/g)]
    .filter(([text]) => /\bcode = "|\bcode: string;\n[\s\S]*\(code: string, message/.test(text) && !isAnswer(path))
    .filter(([text]) => !/\bhelpUrl\b.*= errorPage\(/.test(text))
    .map(({ 1: name, index }) =>
      finding(
        placeAt(path, code, index),
        `${name} does not lead to its page: readonly helpUrl = errorPage(this.code).`,
      ),
    );
}

/** Services of the embedded AWS answer these over HTTP, with AWS's own codes. */
function isAnswer(path: string): boolean {
  return path.startsWith("packages/local/") && !path.endsWith("/local-aws-error.ts");
}

/** The address of the pages: each package has it in one file, and it is that of this repository. */
function otherAddresses(tree: Tree, { path, code }: Module): Finding[] {
  const address = `${repositoryOf(tree)}/blob/main/${FOLDER}`;
  const isItsFile = /^packages\/[^/]+\/src\/error-page\.ts$/.test(path);
  return [...code.matchAll(/["'`](https?:\/\/[^\s"'`]*)/g)]
    .filter(([, found = ""]) => (isItsFile ? found !== address : found.includes(`/${FOLDER}`)))
    .map(({ index }) =>
      finding(placeAt(path, code, index), `The pages of errors are at ${address}, and only error-page.ts says so.`),
    );
}

/** The parts that a page must have. */
const PARTS = ["What happened.", "Why.", "What to do."] as const;

function unwritten(tree: Tree, name: string): Finding[] {
  const path = `${FOLDER}${name}.md`;
  const text = tree.text(path);
  const missing = PARTS.filter((part) => !text.includes(`**${part}** `));
  const head = text.startsWith(`# ${name}\n`) ? [] : [finding(path, `The page has to begin with "# ${name}".`)];
  return [...head, ...missing.map((part) => finding(path, `The page does not say "${part}"`))];
}

function finding(place: string, message: string): Finding {
  return { rule: "error-pages", place, message };
}

interface Named {
  readonly name: string;
  readonly offset: number;
}

/** The codes that a file gives to errors and to reasons of ends. */
function codesIn(code: string): Named[] {
  const found: Named[] = [];
  const add = (name: string | undefined, offset: number): void => {
    if (name !== undefined && !SYSTEM_CODES.has(name)) found.push({ name, offset });
  };
  // `class OneError extends AnotherError { ... super("ONE", ...) }`: its arguments that are codes.
  for (const { 0: text, index } of code.matchAll(/class \w+Error extends (\w+) \{[\s\S]*?\n\}/g)) {
    const isAws = text.includes("extends LocalAwsError");
    for (const { 1: args = "", index: at } of text.matchAll(/\bsuper\(([\s\S]*?)\);/g)) {
      const [first] = /^\s*"([A-Z][A-Za-z]+)"/.exec(args)?.slice(1) ?? [];
      if (isAws) add(first, index + at);
      for (const [, name = ""] of args.matchAll(/"([A-Z0-9_]+)"(?=\s*[,:)]|\s*$)/g))
        if (CODE.test(name)) add(name, index + at);
    }
  }
  for (const { 1: name, index } of code.matchAll(/\bnew LonghaulError\(\s*"([A-Z][A-Z0-9_]+)"/g)) add(name, index);
  // `code = "ONE"`, `code: "ONE"`, `readonly code: | "ONE" | "TWO"`
  for (const { 1: names = "", index } of code.matchAll(/\bcode(?:\s*=(?!=)|\??:)((?:\s*\|?\s*"[A-Z][A-Z0-9_]+")+)/g)) {
    for (const [, name] of names.matchAll(/"([^"]+)"/g)) add(name, index);
  }
  // `type EnvelopeFault = | "ONE" | "TWO"`
  for (const { 1: names = "", index } of code.matchAll(
    /\btype \w+(?:Fault|Code) =((?:\s*\|?\s*"[A-Z][A-Z0-9_]+")+)/g,
  )) {
    for (const [, name] of names.matchAll(/"([^"]+)"/g)) add(name, index);
  }
  return found;
}
