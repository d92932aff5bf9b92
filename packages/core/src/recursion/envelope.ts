import type { BudgetStats } from "../budget/time-budget.ts";
import { EventError } from "../errors.ts";

/** The key of the event under which run metadata travels, beside the state key. */
export const ENVELOPE_KEY = "longhaul";

/** The envelope version this code writes, and the newest it reads. */
export const ENVELOPE_VERSION = 1;

/** What a run has used so far, and what it learned. */
export interface RunStats {
  /** Safe points reached by all hops. */
  readonly steps: number;
  /** Milliseconds of invocation used by the hops before this one. */
  readonly usedMs: number;
  /** Estimated cost of the hops before this one, in US dollars. */
  readonly costUsd: number;
  /** Hops in a row, up to now, that reached no safe point. */
  readonly stalledHops: number;
  /** What the budget learned. */
  readonly budget?: BudgetStats;
}

/** Where a state too large for the event was spilled to. */
export interface StateRef {
  /** `s3://bucket/key`, or whatever the spill understands. */
  readonly uri: string;
  /** Size in bytes, for messages. */
  readonly bytes: number;
  /** SHA-256 of the content in hex. */
  readonly sha256: string;
}

/** The run metadata beside the state: the language-neutral part of the event contract. */
export interface Envelope {
  readonly v: 1;
  /** Id of the run. */
  readonly run: string;
  /** Which invocation of the run this event is for, from 0. */
  readonly hop: number;
  /** When the run began, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly stats: RunStats;
  /** Version of the state's shape, if the code gives it one. */
  readonly stateVersion?: number;
  /** Where the state is, if it is not in the event. */
  readonly stateRef?: StateRef;
  /** The function version a pinned run stays on. */
  readonly pinned?: string;
}

/** The stats of a run that has not begun. */
export const NO_STATS: RunStats = { steps: 0, usedMs: 0, costUsd: 0, stalledHops: 0 };

/** An event taken apart: what the cause sent, the state, the run metadata. */
export interface OpenedEvent {
  /** The event without the state key and the envelope; passed on unchanged by every hop. */
  readonly base: Readonly<Record<string, unknown>>;
  /** The state; `undefined` in a run's first event, or if it was spilled. */
  readonly state: unknown;
  /** `undefined` in a run's first event, and in one continued by a handler that knows only the state key. */
  readonly envelope: Envelope | undefined;
}

/**
 * Takes an event apart. The event is not changed.
 *
 * @throws {@link EventError} if the event is no object, or its envelope is damaged or newer than this code.
 */
export function openEvent(event: unknown, stateKey: string): OpenedEvent {
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    const kind = event === null ? "null" : Array.isArray(event) ? "an array" : `a ${typeof event}`;
    throw new EventError(`The event must be a JSON object, not ${kind}: state travels under its key "${stateKey}".`);
  }
  const { [stateKey]: carried, [ENVELOPE_KEY]: envelope, ...base } = event as Record<string, unknown>;
  const state = Object.hasOwn(event, stateKey) ? carried : undefined;
  // A run that has not begun may bring an empty place for its state; in a run under way, null is a state like any other.
  if (envelope === undefined) return { base, state: state ?? undefined, envelope };
  return { base, state, envelope: parseEnvelope(envelope) };
}

/** Puts an event together again; the counterpart of {@link openEvent}. */
export function closeEvent(
  base: Readonly<Record<string, unknown>>,
  stateKey: string,
  state: unknown,
  envelope: Envelope,
): Record<string, unknown> {
  return { ...base, ...(state !== undefined && { [stateKey]: state }), [ENVELOPE_KEY]: envelope };
}

/**
 * Checks run metadata from outside.
 *
 * @throws {@link EventError} naming the field at fault.
 */
export function parseEnvelope(value: unknown): Envelope {
  const envelope = record(value, ENVELOPE_KEY);
  if (typeof envelope.v === "number" && envelope.v > ENVELOPE_VERSION) {
    throw new EventError(
      `The event carries envelope version ${envelope.v}; this code knows versions up to ${ENVELOPE_VERSION}. Deploy a newer @longhaul/core before continuing this run.`,
    );
  }
  if (envelope.v !== ENVELOPE_VERSION) fail("v", `must be ${ENVELOPE_VERSION}`);
  if (typeof envelope.run !== "string" || envelope.run === "" || envelope.run.length > 2048) {
    fail("run", "must be a text of 1 to 2048 characters");
  }
  if (!isCount(envelope.hop)) fail("hop", "must be a whole number from 0");
  if (!isAmount(envelope.startedAt)) fail("startedAt", "must be milliseconds since 1970");
  const stats = parseStats(envelope.stats ?? NO_STATS);
  if (envelope.stateVersion !== undefined && !isCount(envelope.stateVersion)) {
    fail("stateVersion", "must be a whole number from 0");
  }
  if (envelope.pinned !== undefined && typeof envelope.pinned !== "string") fail("pinned", "must be a text");
  const ref = envelope.stateRef === undefined ? undefined : record(envelope.stateRef, `${ENVELOPE_KEY}.stateRef`);
  if (ref && !(typeof ref.uri === "string" && isCount(ref.bytes) && typeof ref.sha256 === "string")) {
    fail("stateRef", "must have uri, bytes and sha256");
  }
  return {
    v: 1,
    run: envelope.run as string,
    hop: envelope.hop as number,
    startedAt: envelope.startedAt as number,
    stats,
    ...(envelope.stateVersion !== undefined && { stateVersion: envelope.stateVersion as number }),
    ...(ref && { stateRef: { uri: ref.uri as string, bytes: ref.bytes as number, sha256: ref.sha256 as string } }),
    ...(envelope.pinned !== undefined && { pinned: envelope.pinned as string }),
  };
}

/**
 * Checks a run's statistics from outside.
 *
 * @throws {@link EventError} naming the field at fault.
 */
export function parseStats(value: unknown): RunStats {
  const { steps = 0, usedMs = 0, costUsd = 0, stalledHops = 0, budget } = record(value, `${ENVELOPE_KEY}.stats`);
  if (!isCount(steps)) fail("stats.steps", "must be a whole number from 0");
  if (!isAmount(usedMs)) fail("stats.usedMs", "must be a number from 0");
  if (!isAmount(costUsd)) fail("stats.costUsd", "must be a number from 0");
  if (!isCount(stalledHops)) fail("stats.stalledHops", "must be a whole number from 0");
  return { steps, usedMs, costUsd, stalledHops, ...(budget !== undefined && { budget: parseBudget(budget) }) };
}

function parseBudget(value: unknown): BudgetStats {
  const budget = record(value, `${ENVELOPE_KEY}.stats.budget`);
  const durations: Record<string, { mean: number; dev: number; peak: number }> = {};
  for (const kind of ["step", "handOff"]) {
    if (budget[kind] === undefined) continue;
    const { mean, dev, peak } = record(budget[kind], `${ENVELOPE_KEY}.stats.budget.${kind}`);
    if (!isAmount(mean) || !isAmount(dev) || !isAmount(peak))
      fail(`stats.budget.${kind}`, "must have mean, dev and peak in ms");
    durations[kind] = { mean, dev, peak };
  }
  return durations;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EventError(
    `The event's ${path} must be an object. Was it changed on the way, or is the key used by something else?`,
  );
}

function fail(field: string, must: string): never {
  throw new EventError(`The event's ${ENVELOPE_KEY}.${field} ${must}. Was it changed on the way?`);
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
