import { writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type Screen, screenOn } from "../../packages/cli/src/terminal.ts";
import { type FleetCloud, startFleetCloud, THRESHOLDS } from "./fleet-cloud.ts";
import type { FleetEvent, FleetHistory } from "./fleet-history.ts";
import { fleetReport } from "./fleet-report.ts";

const MESSAGES = 900;
const LOOK_EVERY_MS = 250;
/** The demo takes about half a minute; on a slow machine it may take longer, but not for ever. */
const LIMIT_MS = 180_000;

/**
 * Shows queue-loops at work: a burst of messages, alarms, loops that come and go, one that is killed and replaced; and
 * checks in the end that every message was processed.
 *
 * @returns the exit code
 */
export async function showFleet(options: { readonly isJson: boolean; readonly htmlFile: string }): Promise<number> {
  const screen = options.isJson ? undefined : screenOn(process.stdout);
  screen?.line(`${screen.paint.bold("queue-loops")}  ${MESSAGES} messages, one of them poisonous`);
  screen?.status("starting the embedded AWS, synthesizing and deploying the stack ...");
  const beganMs = performance.now();
  const cloud = await startFleetCloud();
  try {
    const deployedMs = Math.round(performance.now() - beganMs);
    screen?.line(screen.paint.dim(`embedded AWS at ${cloud.aws.url}, stack deployed in ${deployedMs} ms`));
    screen?.line(screen.paint.dim("a minute of its alarms and schedules passes in two seconds"));
    const history = await watch(cloud, screen);
    await writeFile(options.htmlFile, fleetReport(history));
    const { isOk = false, message = "" } = history.verdict ?? {};
    if (options.isJson) process.stdout.write(`${JSON.stringify(summaryOf(history))}\n`);
    screen?.line(isOk ? screen.paint.green(`✓ ${message}`) : screen.paint.red(`✗ ${message}`));
    screen?.line(screen.paint.dim(`drawn as ${options.htmlFile}`));
    return isOk ? 0 : 1;
  } finally {
    await cloud.stop();
  }
}

async function watch(cloud: FleetCloud, screen: Screen | undefined): Promise<FleetHistory> {
  const history: FleetHistory = {
    startedAtMs: Date.now(),
    messages: MESSAGES,
    samples: [],
    events: [],
    thresholds: THRESHOLDS,
    verdict: undefined,
  };
  const atMs = () => Date.now() - history.startedAtMs;
  const processed = new Set<unknown>();
  const tell = (kind: FleetEvent["kind"], text: string) => {
    history.events.push({ atMs: atMs(), kind, text });
    screen?.line(`${screen.paint.dim(`${(atMs() / 1_000).toFixed(1).padStart(6)} s`)}  ${painted(screen, kind, text)}`);
  };
  const states = new Map<string, string>();
  const lookAtAlarms = () => {
    let on = 0;
    const alarms = [...cloud.aws.cloudwatch.alarms.list()].sort((a, b) => a.settings.threshold - b.settings.threshold);
    for (const { settings, condition } of alarms) {
      const before = states.get(settings.name);
      states.set(settings.name, condition.state);
      if (condition.state === "ALARM") on++;
      if (before !== undefined && before !== condition.state) {
        tell("alarm", `alarm above ${settings.threshold}: ${before} -> ${condition.state}`);
      }
    }
    return on;
  };
  cloud.onLine = (line) => {
    if (line.message === "processed") processed.add(line.messageId);
    // The alarm comes before what it causes, also where both happened since the last look.
    if (line.message === "scale-up" || line.message === "scale-down") lookAtAlarms();
    if (line.message === "scale-up" && line.added) tell("up", `scale-up: ${loopsOf(line.desired)}`);
    if (line.message === "scale-down" && line.removed) tell("down", `scale-down: ${loopsOf(line.desired)}`);
    if (line.message === "restart" && line.restarted) tell("restarted", "restart: another loop in its place");
  };

  await cloud.start();
  const sent = cloud.send(
    Array.from({ length: MESSAGES }, (_, at) => (at === 100 ? { fails: true } : { workMs: 150 + ((at * 37) % 250) })),
  );
  tell("note", `${MESSAGES} messages arrive, one loop runs`);
  let killed: string | undefined;
  let isPoisonDead = false;
  for (;;) {
    const alarms = lookAtAlarms();
    const rows = await cloud.tokens();
    const loops = rows.filter(({ isAlive }) => isAlive).length;
    const depth = cloud.depth();
    history.samples.push({ atMs: atMs(), depth, processed: processed.size, tokens: rows.length, loops, alarms });
    screen?.status(statusLine(screen, depth, loops, rows.length, processed.size));
    const victim = rows.find(({ isAlive }) => isAlive);
    if (killed === undefined && loops >= 3 && victim && cloud.kill(victim.loopId)) {
      killed = victim.loopId;
      tell("killed", "SIGKILL to the process of one loop");
    }
    if (!isPoisonDead && cloud.deadLetters() > 0) {
      isPoisonDead = true;
      tell("note", "the poisonous message, received five times, is with the dead letters");
    }
    const isAtRest = depth === 0 && rows.length === 1 && loops === 1 && alarms === 0;
    if (isAtRest || atMs() > LIMIT_MS) break;
    await delay(LOOK_EVERY_MS);
  }
  screen?.status("");
  const good = sent.filter((_, at) => at !== 100);
  const missing = good.filter((id) => !processed.has(id)).length;
  const isRestarted = history.events.some(({ kind }) => kind === "restarted");
  const most = Math.max(...history.samples.map(({ tokens }) => tokens));
  const isOk = missing === 0 && cloud.deadLetters() === 1 && isRestarted && most > 1 && atMs() <= LIMIT_MS;
  history.verdict = {
    isOk,
    message: isOk
      ? `all ${good.length} messages processed, the poisonous one with the dead letters; up to ${most} loops, now one`
      : `${missing} messages missing, ${cloud.deadLetters()} dead letters, up to ${most} loops, ${isRestarted ? "one" : "none"} restarted`,
  };
  return history;
}

function loopsOf(count: unknown): string {
  return count === 1 ? "1 loop" : `${count} loops`;
}

function statusLine(screen: Screen, depth: number, loops: number, tokens: number, processed: number): string {
  const bar = "█".repeat(Math.ceil((depth / MESSAGES) * 30)).padEnd(30, "·");
  const dots = "●".repeat(loops) + "○".repeat(Math.max(0, tokens - loops));
  return `${screen.paint.blue(bar)} ${String(depth).padStart(4)} in the queue   ${String(processed).padStart(4)} processed   loops ${dots}`;
}

function painted({ paint }: Screen, kind: FleetEvent["kind"], text: string): string {
  if (kind === "killed") return paint.red(text);
  if (kind === "alarm") return paint.yellow(text);
  return kind === "note" ? text : paint.green(text);
}

function summaryOf({ samples, events, verdict, messages }: FleetHistory): object {
  return {
    app: "queue-loops",
    status: verdict?.isOk ? "done" : "failed",
    check: verdict,
    messages,
    elapsedMs: samples.at(-1)?.atMs ?? 0,
    mostLoops: Math.max(...samples.map(({ tokens }) => tokens)),
    events,
  };
}
