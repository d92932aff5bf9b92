import type { DurationStats } from "../budget/estimate.ts";
import type { BudgetStats } from "../budget/time-budget.ts";
import { EventError } from "../errors.ts";
import { utf8Bytes } from "../state/json.ts";

/** The key of the event under which run metadata travels, the state included unless it has a key of its own. */
export const ENVELOPE_KEY = "longhaul";

/** The envelope version that this code writes, and the only one that it reads. */
const ENVELOPE_VERSION = 1;

/** Usage of a run so far, and the statistics that it learned. */
export interface RunStats {
  /** Safe points reached by all hops. */
  readonly steps: number;
  /** Milliseconds of invocation used by the hops before this one. */
  readonly usedMs: number;
  /** Estimated cost of the hops before this one, in US dollars. */
  readonly costUsd: number;
  /** Hops in a row, up to now, that reached no safe point. */
  readonly stalledHops: number;
  /** Statistics that the budget learned. */
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

/** The run metadata: the language-neutral part of the event contract. */
export interface Envelope {
  readonly v: 1;
  /** Id of the run. */
  readonly run: string;
  /** Which invocation of the run this event is for, from 0. */
  readonly hop: number;
  /** When the run began, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly stats: RunStats;
  /** The state, where it has no key of its own in the event. Absent once the event was opened. */
  readonly state?: unknown;
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
 * Takes an event apart. The event is not changed. Without `stateKey` the state is that of the envelope, so that no field of
 * the event is taken for it.
 *
 * @throws {@link EventError} if the event is no object, or its envelope is damaged or newer than this code.
 */
export function openEvent(event: unknown, stateKey: string | undefined): OpenedEvent {
  if (!isObject(event)) {
    throw new EventError(`The event must be a JSON object: the state travels under ${placeOfState(stateKey)}.`);
  }
  const { [ENVELOPE_KEY]: carried, ...fields } = event;
  const parsed = carried === undefined ? undefined : parseEnvelope(carried);
  if (stateKey === undefined) return { base: fields, state: parsed?.state, envelope: parsed && withoutState(parsed) };
  const { [stateKey]: value, ...base } = fields;
  const state = Object.hasOwn(fields, stateKey) ? value : undefined;
  // A run that has not begun may bring an empty place for its state; in a run under way, null is a state like any other.
  if (!parsed) return { base, state: state ?? undefined, envelope: undefined };
  return { base, state, envelope: withoutState(parsed) };
}

function withoutState({ state: _, ...envelope }: Envelope): Envelope {
  return envelope;
}

/** Puts an event together again; the counterpart of {@link openEvent}. */
export function closeEvent(
  base: Readonly<Record<string, unknown>>,
  stateKey: string | undefined,
  state: unknown,
  envelope: Envelope,
): Record<string, unknown> {
  if (state === undefined) return { ...base, [ENVELOPE_KEY]: envelope };
  if (stateKey === undefined) return { ...base, [ENVELOPE_KEY]: { ...envelope, state } };
  return { ...base, [stateKey]: state, [ENVELOPE_KEY]: envelope };
}

/** Where in the event the state travels, for messages. */
export function placeOfState(stateKey: string | undefined): string {
  return stateKey === undefined ? `"${ENVELOPE_KEY}.state"` : `its key "${stateKey}"`;
}

/** Whether a value can be the id of a run. */
export function isRunId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && utf8Bytes(value) <= 2_048;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Answers with a field's value if it is one, or throws; `path` names it in the message. */
type Parser<T> = (value: unknown, path: string) => T;

function fail(path: string, must: string): never {
  throw new EventError(`The event's ${path} must be ${must}. Was it changed on the way?`);
}

const matching =
  <T>(is: (value: unknown) => boolean, what: string): Parser<T> =>
  (value, path) =>
    is(value) ? (value as T) : fail(path, what);

const optional =
  <T>(parse: Parser<T>, fallback?: T): Parser<T | undefined> =>
  (value, path) =>
    value === undefined ? fallback : parse(value, path);

/** An object of known fields; others are left out, and so are optional ones that are absent. */
const shape =
  <T>(fields: { readonly [Name in keyof T]-?: Parser<T[Name] | undefined> }): Parser<T> =>
  (value, path) => {
    if (!isObject(value)) fail(path, "an object");
    const parsed: Record<string, unknown> = {};
    for (const [name, parse] of Object.entries<Parser<unknown>>(fields)) {
      const field = parse(value[name], `${path}.${name}`);
      if (field !== undefined) parsed[name] = field;
    }
    return parsed as T;
  };

const count = matching<number>(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  "a whole number from 0",
);
const amount = matching<number>((value) => Number.isFinite(value) && (value as number) >= 0, "a number from 0");
const text = matching<string>((value) => typeof value === "string", "a text");
/** The form of a run id. A partition key of DynamoDB takes as many bytes. */
export const RUN_ID = "a text of 1 to 2,048 bytes";
const runId = matching<string>(isRunId, RUN_ID);

const duration = shape<DurationStats>({ mean: amount, dev: amount, peak: amount });

/**
 * Checks a run's statistics from outside.
 *
 * @throws {@link EventError} naming the field at fault.
 */
export const parseStats: Parser<RunStats> = shape<RunStats>({
  steps: optional(count, 0),
  usedMs: optional(amount, 0),
  costUsd: optional(amount, 0),
  stalledHops: optional(count, 0),
  budget: optional(shape<BudgetStats>({ step: optional(duration), handOff: optional(duration) })),
});

const parseFields = shape<Envelope>({
  v: matching<1>((value) => value === ENVELOPE_VERSION, `${ENVELOPE_VERSION}`),
  run: runId,
  hop: count,
  startedAt: amount,
  stats: optional(parseStats, NO_STATS),
  state: optional<unknown>((value) => value),
  stateVersion: optional(count),
  stateRef: optional(shape<StateRef>({ uri: text, bytes: count, sha256: text })),
  pinned: optional(text),
});

/**
 * Checks run metadata from outside.
 *
 * @throws {@link EventError} naming the field at fault.
 */
export function parseEnvelope(value: unknown): Envelope {
  const version = (value as { readonly v?: unknown } | null)?.v;
  if (typeof version === "number" && version !== ENVELOPE_VERSION) {
    throw new EventError(
      `The event carries envelope version ${version}; this code reads version ${ENVELOPE_VERSION}. Deploy a @longhaul/core that reads it, then continue.`,
    );
  }
  return parseFields(value, ENVELOPE_KEY);
}
