import { setTimeout as delay } from "node:timers/promises";
import type { ChaosApp, Progress, Site, Work } from "./chaos-app.ts";
import { startCloud } from "./cloud.ts";
import { type FaultKind, type FaultRates, faultPlan } from "./fault-plan.ts";
import { countMessages, drain } from "./messages.ts";
import { measureSlowness } from "./slowness.ts";

/** How the lane is run. */
export interface LaneOptions {
  readonly apps: readonly ChaosApp[];
  readonly seed: number;
  /**
   * How long it takes in all, in milliseconds. Units of work are begun for half of it. It takes longer on a machine that is
   * busy, for as long as units are still being done.
   */
  readonly durationMs: number;
  readonly rates: FaultRates;
  readonly onStage: (text: string) => void;
  readonly onProgress: (progress: ReadonlyMap<string, Progress>, elapsedMs: number) => void;
}

/** How an app came through. */
export interface AppReport {
  readonly app: string;
  readonly units: string;
  readonly begun: number;
  readonly done: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Dead letters that were planted, and came where they should. */
  readonly poison: number;
  /** The faults of the result; empty if all is well. */
  readonly problems: readonly string[];
}

/** How the lane went. */
export interface LaneReport {
  readonly seed: number;
  readonly seconds: number;
  readonly isExact: boolean;
  readonly apps: readonly AppReport[];
}

const LOOK_EVERY_MS = 1_000;
/** Within so much of its time the lane begins no more work, and what it has begun has to come to its end. */
const SHARE_OF_ADDING = 0.5;
/** When its time is over and no unit of an app has been done for so long, in milliseconds, the app is stuck. */
const STUCK_MS = 60_000;
/** The time that dead letters may still be on their way when all work is done, in milliseconds. */
const LAST_LETTERS_MS = 3_000;

/** Runs all apps side by side under chaos, and compares what they made with what they were given. */
export async function runLane(options: LaneOptions): Promise<LaneReport> {
  const { apps, seed, durationMs, onStage, onProgress } = options;
  const beganMs = performance.now();
  const slowness = await measureSlowness();
  if (slowness > 1) onStage(`this machine is busy: all periods are ${slowness} times as long`);
  const rates = { ...options.rates, killUpToMs: options.rates.killUpToMs * slowness };
  const elapsedMs = () => performance.now() - beganMs;
  const appOf = (nameOrArn: string) => apps.find((app) => app.isOurs(nameOrArn))?.name ?? "";
  const plan = faultPlan({
    seed,
    rates,
    appOf,
    // What hands off carries the envelope of its run; whatever happens to loops, `restart` repairs it.
    mayBeSilent: (call) => apps.find((app) => app.isOurs(call.roleArn ?? ""))?.mayBeSilent?.(call) ?? true,
    mayBeLost: (name, payload) => payload.includes('"longhaul":') || appOf(name) === "queue-loops",
  });
  const cloud = await startCloud(apps, plan, slowness, onStage);
  try {
    onStage("making objects, files and messages, and poison");
    const progress = new Map<string, Progress>();
    const ticker = setInterval(() => onProgress(progress, elapsedMs()), LOOK_EVERY_MS);
    const driven = await Promise.all(
      [...cloud.sites].map(([app, site]) =>
        drive(app, site, seed, {
          isAdding: () => elapsedMs() < durationMs * SHARE_OF_ADDING,
          isStuck: (sinceMs) => elapsedMs() > durationMs && elapsedMs() - sinceMs > STUCK_MS * slowness,
          elapsedMs,
          onProgress: (now) => void progress.set(app.name, now),
        }).catch((error: unknown) => ({
          app: app.name,
          units: app.units,
          ...(progress.get(app.name) ?? { begun: 0, done: 0 }),
          poison: 0,
          problems: [
            `the lane itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          ],
        })),
      ),
    ).finally(() => clearInterval(ticker));
    const reports = driven.map((report) => ({
      ...report,
      faults: Object.fromEntries(plan.counts.get(report.app) ?? []),
      problems: [...report.problems],
    }));
    // The embedded AWS's own trouble belongs to no app; it is nobody's to overlook.
    if (cloud.problems.length > 0) reports[0]?.problems.push(...cloud.problems.slice(0, 3));
    return {
      seed,
      seconds: Math.round(elapsedMs() / 1_000),
      isExact: reports.every(({ problems }) => problems.length === 0),
      apps: reports,
    };
  } finally {
    await cloud.stop();
  }
}

interface Clockwork {
  isAdding(): boolean;
  /** Whether an app that did its last unit then is stuck. */
  isStuck(sinceMs: number): boolean;
  elapsedMs(): number;
  onProgress(progress: Progress): void;
}

async function drive(
  app: ChaosApp,
  site: Site,
  seed: number,
  { isAdding, isStuck, elapsedMs, onProgress }: Clockwork,
): Promise<Omit<AppReport, "faults">> {
  const { name, units, atOnce } = app;
  const work = await app.begin(site, seed);
  const problems: string[] = [];
  let progress: Progress = { begun: 0, done: 0 };
  let movedAtMs = elapsedMs();
  for (;;) {
    const { done: before } = progress;
    progress = await work.look();
    if (progress.done > before) movedAtMs = elapsedMs();
    onProgress(progress);
    const { begun, done } = progress;
    if (begun === 0 || (isAdding() && begun - done < atOnce)) await work.add();
    else if (!isAdding() && begun === done && (await hasPoison(site, work))) break;
    if (isStuck(movedAtMs)) {
      const poison = (await hasPoison(site, work)) ? "" : ", and the poison did not come to the dead letters";
      problems.push(`${begun - done} of ${begun} ${units} were not done in time${poison}`);
      break;
    }
    await delay(LOOK_EVERY_MS);
  }
  if (progress.begun === progress.done) problems.push(...(await work.check()));
  await delay(LAST_LETTERS_MS);
  let poison = 0;
  for (const { name: queue, url, poisoned, isPoison } of work.deadLetters) {
    const letters = await drain(site.sqs, url);
    const planted = letters.filter(isPoison);
    poison += planted.length;
    if (planted.length < poisoned) problems.push(`${queue}: ${planted.length} of ${poisoned} poisoned messages`);
    const others = letters.filter((letter) => !isPoison(letter));
    if (others.length > 0)
      problems.push(`${queue}: ${others.length} dead letters of good work: ${others[0]?.slice(0, 600)}`);
  }
  await work.end?.();
  return { app: name, units, ...progress, poison, problems };
}

async function hasPoison({ sqs }: Site, { deadLetters }: Work): Promise<boolean> {
  for (const { url, poisoned } of deadLetters) {
    if (poisoned > 0 && (await countMessages(sqs, url)) < poisoned) return false;
  }
  return true;
}
