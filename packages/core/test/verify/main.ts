import { commandLine } from "../../../../scripts/command-line.ts";
import { LARGE, SMALL } from "./bounds.ts";
import { BUGS } from "./bugs.ts";
import { type Checked, checkAll } from "./check-all.ts";

const usage = `Visits every interleaving of the invocations of one run over the functions of the lease, within bounds.

  npm run verify -- [--states N] [--seconds N] [--invocations 2|3] [--bug NAME] [--json]

  --states       most states in all (default: as many as the time allows)
  --seconds      most seconds (default 60); bounds that were not visited whole are said
  --invocations  only the bounds with so many invocations at once
  --bug          makes a deliberate bug in the lease, which is found: ${BUGS.map(({ name }) => `\n                 "${name}"`).join("")}
  --json         one JSON object with the figures, and the trace if an invariant fell

It exits with 1 if an invariant fell, and prints a shortest trace. The invariants: docs/lease-protocol.md

  npm run verify -- --seconds 20 --invocations 3`;

const { values } = commandLine(usage, {
  options: {
    states: { type: "string", default: "Infinity" },
    seconds: { type: "string", default: "60" },
    invocations: { type: "string" },
    bug: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [states, seconds] = [Number(values.states), Number(values.seconds)];
const bug = BUGS.find(({ name }) => name === values.bug);
const isKnown = values.bug === undefined || bug !== undefined;
// A bug is met within small bounds, which take seconds.
const all = bug ? SMALL.filter(({ name }) => name === bug.within) : LARGE;
const list = all.filter(
  ({ invocations }) => values.invocations === undefined || invocations === Number(values.invocations),
);

if (!isKnown || list.length === 0 || !(states > 0) || !(seconds > 0)) {
  console.log(usage);
  process.exitCode = 2;
} else {
  process.exitCode = await verify();
}

async function verify(): Promise<number> {
  const beganMs = Date.now();
  const isShown = process.stderr.isTTY && !values.json;
  const reached = new Map<string, number>();
  const onProgress = (name: string, count: number, depth: number) => {
    reached.set(name, count);
    if (!isShown) return;
    const all = [...reached.values()].reduce((sum, each) => sum + each, 0);
    process.stderr.write(`\r\x1b[K${all.toLocaleString("en")} states; ${name}: depth ${depth}`);
  };
  const checked = await checkAll(list, {
    bug: bug?.name,
    states,
    seconds,
    threads: Math.min(2, list.length),
    onProgress,
  });
  if (isShown) process.stderr.write("\r\x1b[K");
  const took = (Date.now() - beganMs) / 1_000;
  const total = checked.reduce((sum, each) => sum + each.states, 0);
  const fallen = checked.filter(({ broken }) => broken);
  const perSecond = Math.round(total / took);
  if (values.json) {
    console.log(
      JSON.stringify({ states: total, seconds: took, statesPerSecond: perSecond, searches: checked }, undefined, 2),
    );
  } else {
    for (const each of checked) console.log(lineOf(each));
    console.log(
      `${total.toLocaleString("en")} states in ${took.toFixed(1)} s: ${perSecond.toLocaleString("en")} a second`,
    );
    for (const { bounds, trace } of fallen) console.log(`\n${bounds.name}: ${trace}`);
    if (fallen.length === 0) console.log("No invariant falls.");
  }
  return fallen.length === 0 ? 0 : 1;
}

function lineOf({ bounds, states: count, depth, isWhole, broken }: Checked): string {
  const { name, invocations, lastHop, steps, faults, outside } = bounds;
  const requests = Object.entries(outside).map(([each, times]) => (times === 1 ? each : `${times} ${each}`));
  const limits = `${invocations} invocations, ${lastHop + 1} hops, ${steps} steps, ${faults} faults, ${requests.join(", ") || "no requests"}`;
  const end = broken ? `${broken.id} FALLS` : isWhole ? "all visited" : "not all visited";
  return `${name}: ${limits}\n  ${count.toLocaleString("en")} states, ${depth} steps deep, ${end}`;
}
