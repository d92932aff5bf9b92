/**
 * Does what strangers do, each in an empty folder outside of the workspace, with the packages as they will be
 * released, from a registry on this machine, on each version of Node that they promise to work on. Installs what it needs
 * itself.
 */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "../scripts/command-line.ts";
import { STORIES } from "./stories/stories.ts";
import type { Expectation, Step, Story } from "./story.ts";
import type { Finished } from "./stranger/command.ts";
import { meetStranger, type NodeName, type Stranger } from "./stranger/stranger.ts";

/** One telling of a story: on one version of Node. */
interface Told {
  readonly name: string;
  readonly promise: string;
  readonly seconds: number;
  readonly failure?: string;
}

const MAX_SHOWN = 4_000;
const usage = `Does what strangers do with the packages, as released to a registry on this machine.

  npm run test:release -- [--only NAME]... [--list] [--json] [--keep]

  --only  only stories whose name contains this, as in copied-app or copied-app/node24
  --list  shows the stories, and tells none
  --json  one JSON object on standard output, the rest on standard error
  --keep  leaves the folders to be looked at`;
const { values } = commandLine(usage, {
  options: {
    only: { type: "string", multiple: true, default: [] },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const say = (text: string) => (values.json ? process.stderr : process.stdout).write(`${text}\n`);

const tellings = STORIES.flatMap((story) => story.on.map((node) => ({ story, node, name: `${story.name}/${node}` })));
const chosen = tellings.filter(
  ({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)),
);
if (values.list) {
  for (const { name, story } of chosen) say(`${name}  ${story.promise}`);
} else if (chosen.length === 0) {
  say(`There is no story ${values.only.join(" or ")}. Those there are: npm run test:release -- --list`);
  process.exitCode = 2;
} else {
  process.exitCode = await tellAll();
}

async function tellAll(): Promise<number> {
  const begunMs = performance.now();
  say("installing versions of Node, starting a registry, publishing the packages there");
  const stranger = await meetStranger(fileURLToPath(new URL("..", import.meta.url)));
  say(`version ${stranger.version} is published (${secondsSince(begunMs)} s)`);
  const told: Told[] = [];
  try {
    // Those of one Node share folders and come one after the other, those of different ones side by side.
    const lanes = Map.groupBy(chosen, ({ node }) => node).values();
    await Promise.all(
      Array.from(lanes, async (lane) => {
        for (const { story, node, name } of lane) told.push(await tell(story, node, name, stranger));
      }),
    );
  } finally {
    await stranger.leave({ keepsFolders: values.keep });
  }
  const seconds = secondsSince(begunMs);
  const failed = told.filter(({ failure }) => failure !== undefined);
  if (values.json) process.stdout.write(`${JSON.stringify({ seconds, stories: told })}\n`);
  say("");
  for (const { name, failure } of failed) say(`✗ ${name}: ${failure?.split("\n", 1)[0]}`);
  say(`release: ${told.length - failed.length} passed, ${failed.length} failed`);
  say(`${seconds} s`);
  return failed.length === 0 ? 0 : 1;
}

/** Tells a story, and what happened in it when it is over: others are told meanwhile. */
async function tell(story: Story, node: NodeName, name: string, stranger: Stranger): Promise<Told> {
  const begunMs = performance.now();
  const lines = [`\n${name}: ${story.promise}`];
  const about = { name, promise: story.promise };
  try {
    const folder = await story.folder(stranger, node);
    lines.push(`  in ${folder} (${secondsSince(begunMs)} s)`);
    const steps = typeof story.steps === "function" ? story.steps(node) : story.steps;
    await withEdits(folder, story.edits ?? {}, async () => {
      for (const step of steps) {
        const stepMs = performance.now();
        await take(step, folder, node, stranger);
        lines.push(`  ${"type" in step ? `$ ${step.type.join(" ")}` : step.does} (${secondsSince(stepMs)} s)`);
      }
    });
    lines.push(`✓ ${secondsSince(begunMs)} s`);
    return { ...about, seconds: secondsSince(begunMs) };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    lines.push(`✗ ${failure}`);
    return { ...about, seconds: secondsSince(begunMs), failure };
  } finally {
    say(lines.join("\n"));
  }
}

/** Other stories are told in the same folder, so it becomes again what it was. */
async function withEdits(folder: string, edits: NonNullable<Story["edits"]>, work: () => Promise<void>): Promise<void> {
  const before = await Promise.all(
    Object.keys(edits).map(async (file) => [join(folder, file), await readFile(join(folder, file))] as const),
  );
  try {
    for (const [file, edit] of Object.entries(edits)) {
      const path = join(folder, file);
      await writeFile(path, typeof edit === "string" ? edit : edit(await readFile(path, "utf8")));
    }
    await work();
  } finally {
    for (const [path, content] of before) await writeFile(path, content);
  }
}

async function take(step: Step, folder: string, node: NodeName, stranger: Stranger): Promise<void> {
  if ("does" in step) return step.with(folder, stranger, node);
  const cwd = step.in === undefined ? folder : `${folder}/${step.in}`;
  const finished = await stranger.run(step.type, cwd, node, step.env);
  try {
    await judge(finished, step.expect ?? {}, cwd);
  } catch (error) {
    const { code, stdout, stderr } = finished;
    const reason = error instanceof Error ? error.message : String(error);
    const printed = [stdout, stderr].map((text) => text.slice(-MAX_SHOWN)).join("\n--- stderr\n");
    throw new Error(`$ ${step.type.join(" ")}: ${reason}\n--- exit code ${code}, stdout\n${printed}`, { cause: error });
  }
}

async function judge(finished: Finished, expected: Expectation, folder: string): Promise<void> {
  assert.equal(finished.code, expected.code ?? 0, "exit code");
  for (const stream of ["stdout", "stderr"] as const) {
    const wanted = expected[stream];
    if (typeof wanted === "string") assert.equal(finished[stream], wanted, stream);
    else if (wanted) assert.match(finished[stream], wanted, stream);
  }
  await expected.check?.(finished, folder);
}

function secondsSince(begunMs: number): number {
  return Math.round((performance.now() - begunMs) / 100) / 10;
}
