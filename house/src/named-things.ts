import { dirname, join, normalize } from "node:path/posix";
import type { Finding } from "./finding.ts";
import { type Located, manifestIn, manifestsOf } from "./manifest.ts";
import { type Code, codeOf, pagesOf, sessionCommands } from "./markdown.ts";
import type { Tree } from "./tree.ts";

/** Facts that are not in the tree. */
export interface Installed {
  /** Commands that `npx` finds without asking a registry. */
  readonly commands: ReadonlySet<string>;
  /** The text that a command of the workspace prints for `--help`; `undefined` if it has no such verb. */
  helpOf(bin: string, verb: string): string | undefined;
}

/** Options that npm takes itself, before `--`. */
const NPM_OPTIONS = new Set(["-w", "--workspace", "--silent", "-s", "--force", "--workspaces", "--if-present"]);
/** Verbs of npm that need no script. */
const NPM_VERBS = new Set(["ci", "install", "i", "update", "create", "init", "pack", "publish", "exec"]);

/** A path that a page may name: one of the repository, with an ending. */
const NAMED_PATH = /^(?:\.{1,2}\/)?(?:[\w@.-]+\/)+[\w@.-]+\.(?:ts|mts|mjs|js|mdx?|jsonc?|ya?ml|py|sh|html|toml)$/;
/** Folders in which the project keeps its own files. */
const OWN_FOLDER = /^(?:\.{1,2}\/|src|test|infra|etc|scripts|packages|docs|samples|generate|vectors|python|\.github)\b/;

/** Finds what pages name and is not there: npm scripts, commands, their verbs and options, files. */
export function missingThings(tree: Tree, installed: Installed): Finding[] {
  const pages = pagesOf(tree);
  const sessions = tree.paths.filter((path) => path.endsWith(".shell"));
  const codes = [
    ...pages.flatMap((path) => codeOf(path, tree.text(path))),
    ...sessions.flatMap((path) => sessionCommands(path, tree.text(path))),
  ];
  return [
    ...codes.flatMap((code) => [...commandProblems(tree, installed, code), ...pathProblems(tree, code)]),
    ...pages.flatMap((path) => deadLinks(tree, path)),
  ].map(({ code: { path, line }, message }) => ({ rule: "named-things", place: `${path}:${line}`, message }));
}

interface Problem {
  readonly code: Pick<Code, "path" | "line">;
  readonly message: string;
}

function commandProblems(tree: Tree, installed: Installed, code: Code): Problem[] {
  const text = code.text.replace(/^\$ /, "").replace(/\s#.*$/, "");
  return text
    .split(/\s*(?:&&|\|\||;|\|)\s*/)
    .flatMap((command) => problemsOf(tree, installed, code, command.split(/\s+/).filter(Boolean)))
    .map((message) => ({ code, message }));
}

function problemsOf(tree: Tree, installed: Installed, code: Code, words: readonly string[]): string[] {
  const [first, ...rest] = words.filter((word) => !/^[A-Z_]+=/.test(word));
  if (first === "npm") return npmProblems(tree, code, rest);
  if (first === "npx") return npxProblems(installed, rest);
  if (first === "node") return nodeProblems(tree, code, rest);
  if (first === "longhaul") return verbProblems(installed, first, rest);
  return [];
}

function npmProblems(tree: Tree, code: Code, words: readonly string[]): string[] {
  const [verb = "", ...rest] = words;
  const name = verb === "run" ? rest[0] : verb === "test" ? "test" : undefined;
  if (verb !== "run" && verb !== "test") {
    return verb === "" || NPM_VERBS.has(verb) || isPlaceholder(verb) ? [] : [`npm has no verb "${verb}" here.`];
  }
  if (name === undefined || isPlaceholder(name)) return [];
  const at = words.findIndex((word) => word === "-w" || word === "--workspace");
  const manifests = at < 0 ? nearest(tree, code.path) : named(tree, words[at + 1]);
  const found = manifests.find(({ manifest }) => manifest.scripts?.[name] !== undefined);
  if (!found) return [`There is no script "${name}"${at < 0 ? "" : ` of ${words[at + 1]}`}: npm run ${name}.`];
  const separator = words.indexOf("--");
  const options = separator < 0 ? [] : optionsIn(words.slice(separator + 1));
  const own = (separator < 0 ? words : words.slice(0, separator)).filter((word) => word.startsWith("-"));
  return [
    ...own.filter((word) => !NPM_OPTIONS.has(word)).map((word) => `npm takes ${word} for itself: put "--" before it.`),
    ...options
      .filter((option) => !scriptTakes(tree, found, name, option))
      .map((option) => `npm run ${name} has no option ${option}.`),
  ];
}

/** Whether the program behind a script names an option. Of a program that is not ours nothing is known. */
function scriptTakes(tree: Tree, { folder, manifest }: Located, name: string, option: string): boolean {
  const command = manifest.scripts?.[name] ?? "";
  const onward = /npm run (\S+)(?: -w (\S+))?/.exec(command);
  if (onward) {
    const next = (onward[2] ? named(tree, onward[2]) : [{ folder, manifest }]).find(
      (each) => each.manifest.scripts?.[onward[1] ?? ""] !== undefined,
    );
    return next === undefined || scriptTakes(tree, next, onward[1] ?? "", option);
  }
  const programs = [...command.matchAll(/\bnode\s[^&|]*?([\w./-]+\.m?[jt]s)\b/g)].map(([, file = ""]) =>
    normalize(join(folder, file)),
  );
  // Turborepo takes what it knows.
  if (programs.length === 0 || programs.includes("scripts/tasks.ts")) return true;
  return programs.some((program) => programNames(tree, program, option));
}

/** Whether a program, or a file beside it, names an option. */
function programNames(tree: Tree, program: string, option: string): boolean {
  const bare = option.replace(/^-+/, "");
  const asKey = new RegExp(`(?:^|[{,\\s])["']?${bare}["']?: \\{|short: "${bare}"`, "m");
  const beside = `${dirname(program)}/`;
  return tree.paths
    .filter((path) => path === program || (path.startsWith(beside) && path.endsWith(".ts")))
    .some((path) => tree.text(path).includes(option) || asKey.test(tree.text(path)));
}

function npxProblems(installed: Installed, words: readonly string[]): string[] {
  const [name = "", ...rest] = words.filter((word) => word !== "--no-install" && word !== "-y");
  if (name === "" || isPlaceholder(name)) return [];
  if (name === "longhaul") return verbProblems(installed, name, rest);
  return installed.commands.has(name) ? [] : [`npx ${name}: no package of the workspace has this command.`];
}

function verbProblems(installed: Installed, bin: string, words: readonly string[]): string[] {
  const [verb] = words;
  if (verb === undefined || verb.startsWith("-") || isPlaceholder(verb)) return [];
  const help = installed.helpOf(bin, verb);
  if (help === undefined) return [`${bin} has no verb "${verb}".`];
  return optionsIn(words.slice(1))
    .filter((option) => !new RegExp(`(?:^|[\\s,[|(])${option}(?![\\w-])`, "m").test(help))
    .map((option) => `${bin} ${verb} has no option ${option}.`);
}

function nodeProblems(tree: Tree, code: Code, words: readonly string[]): string[] {
  const at = words.findIndex((word) => /^[\w./-]+\.m?[jt]s$/.test(word));
  const file = words[at];
  if (file === undefined || isPlaceholder(file)) return [];
  const program = candidates(code.path, file).find((path) => tree.has(path));
  // A program that the reader writes has a name without a folder.
  if (program === undefined) return file.includes("/") ? [`There is no file ${file}.`] : [];
  return optionsIn(words.slice(at + 1))
    .filter((option) => !programNames(tree, program, option))
    .map((option) => `${file} has no option ${option}.`);
}

function pathProblems(tree: Tree, code: Code): Problem[] {
  if (code.isBlock || !NAMED_PATH.test(code.text) || !OWN_FOLDER.test(code.text) || isPlaceholder(code.text)) return [];
  const everywhere = candidates(code.path, code.text).some((path) => tree.has(path));
  if (everywhere || tree.paths.some((path) => path.endsWith(`/${code.text}`))) return [];
  return [{ code, message: `There is no file ${code.text}.` }];
}

/** Links of a page to files that are not there. The site's own addresses are checked by its build. */
function deadLinks(tree: Tree, path: string): Problem[] {
  return tree
    .text(path)
    .split("\n")
    .flatMap((line, at) =>
      [...line.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !/^(?:[a-z]+:|\/|\.\.\/\.\.\/\.\.\/)/.test(target) && !isPlaceholder(target))
        .filter((target) => !tree.has(normalize(join(dirname(path), target))))
        .map((target) => ({ code: { path, line: at + 1 }, message: `The link leads nowhere: ${target}.` })),
    );
}

/** Where a page's path may lead: from the root, from the page, from its package. */
function candidates(page: string, file: string): string[] {
  const [, home = ""] = /^((?:packages\/)?[^/]+)\//.exec(page) ?? [];
  return [file, join(dirname(page), file), join(home, file)].map((path) => normalize(path));
}

/** The manifests that a reader of a page has before them: that of its package, and the root's. */
function nearest(tree: Tree, page: string): Located[] {
  const folders = page.split("/").map((_, at, parts) => parts.slice(0, at).join("/") || ".");
  return [...folders.reverse(), "packages/s3-batch"]
    .filter((folder) => tree.has(join(folder, "package.json")))
    .map((folder) => ({ folder, manifest: manifestIn(tree, folder) }));
}

/** The manifest of a workspace package, by its name or folder. */
function named(tree: Tree, name: string | undefined): Located[] {
  return manifestsOf(tree).filter(({ folder, manifest }) => manifest.name === name || folder === name);
}

function optionsIn(words: readonly string[]): string[] {
  return words
    .map((word) => /^[[(]*(--?[a-z][\w-]*)/.exec(word)?.[1])
    .filter((option) => option !== undefined && option !== "--help" && option !== "-h") as string[];
}

/** A name that the reader is to replace: `NAME`, `PATH`, `...`. */
function isPlaceholder(word: string): boolean {
  return /(?:^|[/.])[A-Z][A-Z_]+(?:$|[/.])|\.\.\.|…|[<>*{}$]/.test(word);
}
