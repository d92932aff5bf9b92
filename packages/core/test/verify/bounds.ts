import type { NamedBounds } from "../../../../verify/src/exhaustive-check.ts";

/** The bounds of a search. Times are in ticks of a minute; each count is a limit for one history of the run. */
export interface Bounds {
  readonly name: string;
  readonly size: NamedBounds["size"];
  /** Invocations of the run at once. */
  readonly invocations: 2 | 3;
  /** The last hop: none is handed off after it. At most 2. */
  readonly lastHop: number;
  /** Safe points that the work has. At most 3. */
  readonly steps: number;
  /** Crashes, lost and doubled events, lost answers, late writes, errors of the work: so many in all. At most 7. */
  readonly faults: number;
  /** How long the platform lets an invocation live. At most 3. */
  readonly invocationTicks: number;
  /** How long a lease lasts that is renewed; `undefined`: as long as the invocation. */
  readonly heartbeatTicks?: number;
  /** Whether the clock of an invocation may be a tick ahead, which is the skew that `begin` waits out. */
  readonly isSkewed: boolean;
  /** Whether a hop may put the run to sleep, once. */
  readonly maySleep: boolean;
  /** Whether the run keeps a history. */
  readonly hasHistory: boolean;
  /** Whether the run begins with its record, and the event of its first hop was lost. */
  readonly isCreated: boolean;
  /** Whether the function is to be told of the end. */
  readonly tellsEnd: boolean;
  /** Requests from outside, each so often. At most 1, and 3 times `resume`. */
  readonly outside: Readonly<Partial<Record<Outside, number>>>;
}

/** A request from outside. `withdraw` takes a stop or a pause back. */
export type Outside = "stop" | "pause" | "withdraw" | "resume" | "rewind" | "delete";

const CALM: Bounds = {
  name: "",
  size: "small",
  invocations: 2,
  lastHop: 1,
  steps: 2,
  faults: 2,
  invocationTicks: 2,
  isSkewed: true,
  maySleep: false,
  hasHistory: false,
  isCreated: false,
  tellsEnd: false,
  outside: {},
};

const LARGE: Bounds = { ...CALM, size: "large" };
const HUGE: Bounds = { ...CALM, size: "huge" };

/** Small ones take a few seconds in all. */
export const BOUNDS: readonly Bounds[] = [
  { ...CALM, name: "faults", steps: 1, invocationTicks: 1 },
  {
    ...{ ...CALM, name: "late writes", lastHop: 0, steps: 3, invocationTicks: 1, faults: 1, isSkewed: false },
    ...{ hasHistory: true, outside: { rewind: 1 } },
  },
  {
    ...CALM,
    name: "requests",
    steps: 1,
    invocationTicks: 1,
    faults: 1,
    isSkewed: false,
    outside: { stop: 1, resume: 1 },
  },
  {
    ...{ ...CALM, name: "sleep", steps: 1, invocationTicks: 1, faults: 1, isSkewed: false },
    ...{ maySleep: true, outside: { stop: 1, resume: 1 } },
  },
  {
    ...{ ...CALM, name: "rewind", steps: 1, invocationTicks: 1, faults: 1, isSkewed: false },
    ...{ hasHistory: true, outside: { rewind: 1 } },
  },
  {
    ...{ ...CALM, name: "sleep and rewind", steps: 1, invocationTicks: 1, faults: 0, isSkewed: false },
    ...{ maySleep: true, hasHistory: true, outside: { stop: 1, rewind: 1 } },
  },
  { ...CALM, name: "heartbeats", steps: 1, faults: 1, isSkewed: false, heartbeatTicks: 1 },
  { ...CALM, name: "created", steps: 1, invocationTicks: 1, faults: 1, isSkewed: false, isCreated: true },
  {
    ...{ ...CALM, name: "told of the end", steps: 1, lastHop: 0, invocationTicks: 1, faults: 1, isSkewed: false },
    ...{ tellsEnd: true, outside: { stop: 1, resume: 1, delete: 1 } },
  },
  { ...LARGE, name: "two faults", invocationTicks: 1 },
  { ...LARGE, name: "two faults of a created run", steps: 1, invocationTicks: 1, isCreated: true },
  { ...LARGE, name: "three invocations, a fault", invocations: 3, steps: 1, faults: 1, invocationTicks: 1 },
  {
    ...{
      ...LARGE,
      name: "three invocations, stop and resume",
      invocations: 3,
      steps: 1,
      faults: 0,
      invocationTicks: 1,
    },
    outside: { stop: 1, resume: 1 },
  },
  {
    ...{ ...HUGE, name: "sleep and all requests", steps: 3, lastHop: 2, faults: 3 },
    ...{ maySleep: true, hasHistory: true, tellsEnd: true },
    outside: { stop: 1, pause: 1, withdraw: 1, resume: 2, rewind: 1, delete: 1 },
  },
  {
    ...{
      ...HUGE,
      name: "heartbeats and four faults",
      steps: 3,
      lastHop: 2,
      faults: 4,
      invocationTicks: 3,
      heartbeatTicks: 2,
    },
    ...{ maySleep: true, outside: { stop: 1, resume: 1 } },
  },
  {
    ...{ ...HUGE, name: "three invocations, three faults", invocations: 3, faults: 3, hasHistory: true },
    outside: { stop: 1, resume: 1, rewind: 1 },
  },
];
