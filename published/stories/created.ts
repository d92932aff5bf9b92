import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Deed, Expectation, Story } from "../story.ts";
import type { Finished } from "../stranger/command.ts";
import type { NodeName, Stranger } from "../stranger/stranger.ts";
import { APPS } from "./apps.ts";
import { checkAssembly } from "./assembly.ts";

const TEMPLATES = ["minimal", ...APPS] as const;
/** Texts that nothing of a user's may have. */
const OF_THE_WORKSPACE = /workspace:|\.\.\/\.\.|longhaul-source/;
const FOLDER = "my app";
/** The commands that create prints where there is no CDK. */
const WITHOUT_CDK = ["npm run demo", "npm test", "npm run build"] as const;
const DATA = "id,name\n1,Ålesund\n2,Nairobi\n3,Quito\n";

/** The ends of commands that create prints, where they are not just 0. */
const ENDS: Readonly<Record<string, Expectation>> = {
  "npm run demo": { stdout: /status +done/ },
  // As far as it comes without an account.
  "npm run deploy": { code: 1, stderr: /Unable to resolve AWS account to use/ },
};

/** Apps made by `npm create`, each in an empty folder. */
export const createdStories: readonly Story[] = [
  ...TEMPLATES.map((template): Story => {
    const flags = ["--template", template, "--infra", "cdk", ...(template === "minimal" ? [] : ["--sample"])];
    return {
      name: `created/${template}`,
      promise: `an app made from ${template} installs, and each command that create prints works; it type-checks and synthesizes`,
      on: template === "minimal" ? ["node22", "node24"] : ["node24"],
      folder: (stranger) => stranger.emptyFolder(template),
      steps: [
        ...makes(flags, ["npm install", "npm run demo", "npm test", "npm run deploy"]),
        { type: ["npm", "run", "typecheck"], in: FOLDER },
        {
          type: ["npx", "cdk", "synth", "--quiet"],
          in: FOLDER,
          expect: { check: (_, folder) => checkAssembly(join(folder, "cdk.out")) },
        },
      ],
    };
  }),
  {
    name: "created/without-cdk",
    promise: "without CDK each app runs, passes its test, type-checks and builds, with nothing of CDK installed",
    on: ["node22"],
    folder: (stranger) => stranger.emptyFolder("without cdk"),
    steps: [
      { does: "makes each app, and installs once what all of them need", with: makeAllWithoutCdk },
      ...TEMPLATES.flatMap((template) =>
        ["npm run demo", "npm test", "npm run build", "npm run typecheck"].map(
          (line): Deed => ({
            does: `${template}: ${line}`,
            with: async (folder, stranger, node) => {
              await succeeds(line, join(folder, template), stranger, node, ENDS[line]);
            },
          }),
        ),
      ),
    ],
  },
  {
    name: "created/own-data",
    promise:
      "the demo of an app runs over a file that was given to create, and no CDK is installed where none was asked for",
    on: ["node22"],
    async folder(stranger) {
      const folder = await stranger.emptyFolder("own data");
      await writeFile(join(folder, "my cities.csv"), DATA);
      return folder;
    },
    steps: [
      ...makes(
        ["--template", "s3-batch", "--infra", "none", "--data", "my cities.csv"],
        ["npm install", ...WITHOUT_CDK],
      ),
      { does: "has no CDK installed", with: (folder) => hasNoCdk(join(folder, FOLDER)) },
      {
        type: ["npx", "longhaul", "run", "--results", "made"],
        in: FOLDER,
        expect: {
          async check(_, folder) {
            const result = await readFile(join(folder, "made", "my cities.csv.ndjson"), "utf8");
            assert.equal(result.trim().split("\n").length, 3);
            assert.match(result, /Ålesund/);
          },
        },
      },
    ],
  },
  {
    name: "created/own-function",
    promise: "from an empty folder to a function of one's own, tested on the embedded AWS, in at most five commands",
    on: ["node22", "node24"],
    folder: (stranger) => stranger.emptyFolder("own function"),
    steps: [{ does: "makes an app, replaces its function, and tests it", with: makeOwnFunction }],
  },
  {
    name: "created/refused",
    promise: "without a terminal create never asks: it names the flags that are missing, and writes nothing",
    on: ["node20", "node22", "node24"],
    folder: (stranger) => stranger.emptyFolder("refused"),
    steps: (node) => [
      {
        does: "npm create longhaul",
        async with(folder, stranger) {
          const { code, stdout, stderr } = await typed("npm create longhaul", folder, stranger, node);
          assert.equal(code, 2, stdout + stderr);
          const reason = node === "node20" ? /needs Node 22\.18 or later; this is Node 20\./ : /--template NAME.*--yes/;
          assert.match(stderr, reason);
          assert.deepEqual(await readdir(folder), []);
        },
      },
    ],
  },
];

/** Makes an app, does the same again by the command that was printed, and types each line that was printed. */
function makes(flags: readonly string[], lines: readonly string[]): readonly Deed[] {
  const printed: { again: string; next: readonly string[] } = { again: "", next: [] };
  return [
    {
      does: `npm create longhaul '${FOLDER}' -- ${flags.join(" ")} --no-install`,
      async with(folder, stranger, node) {
        const words = flags.map((flag) => (flag.includes(" ") ? `'${flag}'` : flag));
        const line = `npm create longhaul '${FOLDER}' -- ${words.join(" ")} --no-install`;
        const { stdout } = await succeeds(line, folder, stranger, node);
        Object.assign(printed, printedIn(stdout));
        assert.deepEqual(printed.next, [`cd '${FOLDER}'`, ...lines]);
        for (const [path, text] of await textsBelow(join(folder, FOLDER))) {
          assert.doesNotMatch(text, OF_THE_WORKSPACE, path);
        }
      },
    },
    {
      does: "types the command that makes the same again",
      async with(folder, stranger, node) {
        await rename(join(folder, FOLDER), join(folder, "first"));
        await succeeds(printed.again, folder, stranger, node);
        assert.deepEqual(await textsBelow(join(folder, FOLDER)), await textsBelow(join(folder, "first")));
      },
    },
    ...lines.map(
      (line): Deed => ({
        does: line,
        async with(folder, stranger, node) {
          assert.ok(printed.next.includes(line));
          await succeeds(line, join(folder, FOLDER), stranger, node, ENDS[line]);
        },
      }),
    ),
  ];
}

/** Makes all apps without CDK. Their packages are installed in the folder above, where Node finds them too. */
async function makeAllWithoutCdk(folder: string, stranger: Stranger, node: NodeName): Promise<void> {
  const all = { private: true, dependencies: {}, devDependencies: {} };
  for (const template of TEMPLATES) {
    const flags = `--template ${template} --infra none ${template === "minimal" ? "" : "--sample "}--no-install`;
    const { stdout } = await succeeds(`npm create longhaul ${template} -- ${flags}`, folder, stranger, node);
    assert.deepEqual(printedIn(stdout).next, [`cd ${template}`, "npm install", ...WITHOUT_CDK]);
    for (const [path, text] of await textsBelow(join(folder, template))) {
      assert.doesNotMatch(text, OF_THE_WORKSPACE, path);
    }
    const manifest: typeof all = JSON.parse(await readFile(join(folder, template, "package.json"), "utf8"));
    Object.assign(all.dependencies, manifest.dependencies);
    Object.assign(all.devDependencies, manifest.devDependencies);
  }
  await writeFile(join(folder, "package.json"), JSON.stringify(all));
  await succeeds("npm install", folder, stranger, node);
  await hasNoCdk(folder);
}

async function hasNoCdk(folder: string): Promise<void> {
  const installed = await readdir(join(folder, "node_modules"));
  const ofCdk = installed.filter((name) => name.includes("cdk") || name === "constructs");
  assert.deepEqual(ofCdk, []);
}

/** From nothing to a tested function; counts what is typed. */
async function makeOwnFunction(folder: string, stranger: Stranger, node: NodeName): Promise<void> {
  const begunMs = performance.now();
  const typedLines: string[] = [];
  let cwd = folder;
  const type = async (line: string): Promise<Finished | undefined> => {
    typedLines.push(line);
    const [first, target = ""] = wordsOf(line);
    if (first !== "cd") return succeeds(line, cwd, stranger, node);
    cwd = join(cwd, target);
    return undefined;
  };
  const made = await type("npm create longhaul my-app -- --yes");
  const { next } = printedIn(made?.stdout ?? "");
  assert.deepEqual(next, ["cd my-app", "npm run demo", "npm test", "npm run deploy"]);
  await type(next[0] ?? "");
  const work = 'export async function work(item: number): Promise<void> {\n  console.log("mine: " + item ** 2);\n}\n';
  await writeFile(join(cwd, "src/work.ts"), work);
  const test = await readFile(join(cwd, "test/app.test.ts"), "utf8");
  // Squares need no time, so one hop has enough of it.
  const edited = test.replace(/`item .* is done`/, '"mine: " + item ** 2').replace("toBeGreaterThan(0)", "toBe(0)");
  assert.notEqual(edited, test);
  await writeFile(join(cwd, "test/app.test.ts"), edited);
  await type("npm run demo");
  await type("npm test");
  assert.ok(typedLines.length <= 5, typedLines.join("\n"));
  const minutes = (performance.now() - begunMs) / 60_000;
  process.stderr.write(`${node}: own function in ${typedLines.length} commands, ${minutes.toFixed(1)} minutes\n`);
}

interface Printed {
  readonly again: string;
  readonly next: readonly string[];
}

function printedIn(stdout: string): Printed {
  const [, again = ""] = /^The same again:\n {2}(.*)\n/m.exec(stdout) ?? [];
  const [, list = ""] = /^Next:\n((?: {2}.*\n)+)$/m.exec(stdout) ?? [];
  return {
    again,
    next: list
      .trimEnd()
      .split("\n")
      .map((line) => line.trim()),
  };
}

/** Types a line, which has to end as expected: with 0, unless something else is. */
async function succeeds(
  line: string,
  cwd: string,
  stranger: Stranger,
  node: NodeName,
  { code = 0, stdout, stderr }: Expectation = {},
): Promise<Finished> {
  const finished = await typed(line, cwd, stranger, node);
  const printed = `$ ${line}\n${finished.stdout.slice(-4_000)}\n--- stderr\n${finished.stderr.slice(-4_000)}`;
  assert.equal(finished.code, code, printed);
  if (stdout) assert.ok(new RegExp(stdout).test(finished.stdout), printed);
  if (stderr) assert.ok(new RegExp(stderr).test(finished.stderr), printed);
  return finished;
}

/** Types a line, as it is printed. */
async function typed(line: string, cwd: string, stranger: Stranger, node: NodeName): Promise<Finished> {
  const [program = "", ...args] = wordsOf(line);
  const env = args[0] === "create" ? { npm_config_cache: await freshCommands(cwd, stranger, node) } : {};
  return stranger.run([program, ...args], cwd, node, env);
}

/** A cache of npm with the downloads of this machine, and none of the commands that npm keeps: it would take an older one. */
async function freshCommands(folder: string, stranger: Stranger, node: NodeName): Promise<string> {
  const cache = join(dirname(folder), "npm-cache");
  const downloads = join(stranger.environment(node).npm_config_cache ?? "", "_cacache");
  if (!existsSync(cache)) {
    await mkdir(cache);
    await symlink(downloads, join(cache, "_cacache"));
  }
  return cache;
}

/** The words of a line, as a shell takes them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

async function textsBelow(folder: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.sort().map(async (file) => [file.slice(folder.length), await readFile(file, "utf8")] as const),
  );
}
