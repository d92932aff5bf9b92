import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { edit } from "./edit.ts";
import type { ListedMutant } from "./mutant.ts";
import { runTest, type TestRun } from "./run-test.ts";

/** The fate of a mutant. Only `caught` is right. */
export interface Verdict {
  readonly mutant: ListedMutant;
  readonly state:
    | "caught"
    | "survived"
    | "does not apply"
    | "red without it"
    | "no such test"
    | "does not load"
    | "hangs";
  /** Details beyond the state. */
  readonly detail: string;
  readonly seconds: number;
}

/** The longest that a test may take without an edit, in milliseconds. */
const SOUND_LIMIT_MS = 600_000;
/** A test that takes so many times as long with an edit as without hangs. */
const TIMES_AS_LONG = 10;

/** Mutants of one test: run without an edit once for all of them. */
type Group = readonly ListedMutant[];

/** Tries each mutant in one of the copies of the working tree; as many at a time as there are copies. */
export async function tryMutants(
  mutants: readonly ListedMutant[],
  copies: readonly string[],
  options: { readonly leastLimitMs: number; readonly onVerdict: (verdict: Verdict) => void },
): Promise<Verdict[]> {
  const groups = [...Map.groupBy(mutants, (each) => `${each.package}/${each.testFile}/${each.test}`).values()];
  const verdicts: Verdict[] = [];
  const work = async (copy: string): Promise<void> => {
    for (let group = groups.shift(); group; group = groups.shift()) {
      for await (const verdict of tryGroup(group, copy, options.leastLimitMs)) {
        options.onVerdict(verdict);
        verdicts.push(verdict);
      }
    }
  };
  await Promise.all(copies.map(work));
  return verdicts;
}

async function* tryGroup(group: Group, copy: string, leastLimitMs: number): AsyncGenerator<Verdict, void> {
  let sound: TestRun | undefined;
  let limitMs = SOUND_LIMIT_MS;
  for (const mutant of group) {
    const begunMs = performance.now();
    const folder = join(copy, mutant.package);
    const verdict = (state: Verdict["state"], detail = ""): Verdict => {
      return { mutant, state, detail, seconds: (performance.now() - begunMs) / 1_000 };
    };
    const path = join(folder, mutant.file);
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) {
      yield verdict("does not apply", `there is no file ${mutant.file}`);
      continue;
    }
    const edited = edit(text, mutant.from, mutant.to);
    if ("problem" in edited) {
      yield verdict("does not apply", edited.problem);
      continue;
    }
    const run = () => runTest({ folder, testFile: mutant.testFile, test: mutant.test, limitMs });
    if (!sound) {
      sound = await run();
      limitMs = Math.max(leastLimitMs, TIMES_AS_LONG * (performance.now() - begunMs));
    }
    if (sound.state !== "passed") {
      yield "message" in sound
        ? verdict("red without it", sound.message)
        : verdict("no such test", `${mutant.testFile} has no test named "${mutant.test}"`);
      continue;
    }
    await writeFile(path, edited.text);
    try {
      yield judged(await run(), verdict);
    } finally {
      await writeFile(path, text);
    }
  }
}

function judged(run: TestRun, verdict: (state: Verdict["state"], detail?: string) => Verdict): Verdict {
  switch (run.state) {
    case "failed":
      return verdict("caught", run.message);
    case "passed":
      return verdict("survived", "the test stays green");
    case "none":
      return verdict("no such test", "the edit removes the test");
    case "unloaded":
      return verdict("does not load", run.message);
    case "hung":
      return verdict("hangs", run.message);
  }
}
