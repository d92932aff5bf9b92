/**
 * Makes each deliberate bug of `packages/NAME/test/mutants.ts` in a copy of the working tree and runs the test that must
 * notice it. Ends with 1 if one is not caught, does not apply any more, or if its test is red without it.
 */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { commandLine } from "../../scripts/command-line.ts";
import { readLists } from "./read-lists.ts";
import { endTests } from "./run-test.ts";
import { makeScratch } from "./scratch.ts";
import { lineOf, plain, summaryOf } from "./table.ts";
import { tryMutants } from "./try-mutants.ts";

const usage = `Makes deliberate bugs, each in a copy of the working tree, and runs the test that must notice it.

  npm run mutants -- [--package NAME]... [--only TEXT]... [--jobs N] [--limit SECONDS] [--list] [--json]

  --package  only those of a package: core, walk
  --only     only those whose name contains a text
  --jobs     as many at a time (default: one for each processor)
  --limit    a test gets ten times as long as without the bug, and at least so many seconds (default 30)
  --list     shows them and tries none
  --json     one JSON object on standard output, the table on standard error`;

const { values } = commandLine(usage, {
  options: {
    root: { type: "string", default: fileURLToPath(new URL("../..", import.meta.url)) },
    package: { type: "string", multiple: true, default: [] },
    only: { type: "string", multiple: true, default: [] },
    jobs: { type: "string", default: String(availableParallelism()) },
    limit: { type: "string", default: "30" },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [jobs, limitSeconds] = [Number(values.jobs), Number(values.limit)];
const say = (text: string) => (values.json ? process.stderr : process.stdout).write(`${text}\n`);

if (!(Number.isSafeInteger(jobs) && jobs > 0) || !(limitSeconds > 0)) {
  say(usage);
  process.exitCode = 2;
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const all = await readLists(values.root);
  const chosen = all.filter(
    (mutant) =>
      (values.package.length === 0 || values.package.some((name) => mutant.package === `packages/${name}`)) &&
      (values.only.length === 0 || values.only.some((text) => mutant.id.includes(text))),
  );
  if (chosen.length === 0) {
    say("No mutant has such a name. All of them: npm run mutants -- --list");
    return 2;
  }
  if (values.list) {
    for (const mutant of chosen) say(`${mutant.package.replace("packages/", "")}/${mutant.id}  ${mutant.promise}`);
    return 0;
  }
  const begunMs = performance.now();
  const copies = Array.from({ length: Math.min(jobs, chosen.length) }, () => makeScratch(values.root));
  const remove = () => Promise.all(copies.map((copy) => copy.remove()));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      endTests();
      void remove().finally(() => process.exit(130));
    });
  }
  try {
    const paths = copies.map(({ path }) => path);
    const onVerdict = (verdict: Parameters<typeof lineOf>[0]) => say(lineOf(verdict));
    const verdicts = await tryMutants(chosen, paths, { leastLimitMs: limitSeconds * 1_000, onVerdict });
    const seconds = (performance.now() - begunMs) / 1_000;
    say(`\n${summaryOf(verdicts, seconds)}`);
    if (values.json) process.stdout.write(`${JSON.stringify({ seconds, mutants: verdicts.map(plain) })}\n`);
    return verdicts.every(({ state }) => state === "caught") ? 0 : 1;
  } finally {
    await remove();
  }
}
