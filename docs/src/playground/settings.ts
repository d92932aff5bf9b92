/** The function that is simulated: those of the tutorial's chapters, and Longhaul's. */
export type FunctionKind =
  | "plain"
  | "position"
  | "forgets"
  | "watchdog"
  | "longhaul"
  | "stuck"
  | "sleeper"
  | "file-position"
  | "file-etag"
  | "bucket-counter"
  | "bucket-token"
  | "bucket-parts"
  | "message"
  | "loops";
/** The law by which the time of a step varies around its median. */
export type StepLaw = "constant" | "log-normal" | "pareto" | "two-peaks";
export type LeaseChoice = "invocation" | "heartbeat";

/** Everything that decides a play, apart from what its reader does to it. */
export interface Settings {
  readonly seed: number;
  readonly code: FunctionKind;
  /** Items of the run. */
  readonly items: number;
  /** Median time of an item, in milliseconds. */
  readonly stepMs: number;
  readonly law: StepLaw;
  readonly timeoutS: number;
  readonly memoryMb: number;
  /** Whether there is a run store. */
  readonly record: boolean;
  readonly lease: LeaseChoice;
  /** Whether the states are kept that the latest hops began with: a run can be rewound to them. */
  readonly history: boolean;
  /** Lambda's recursive loop detection is on, and drops the chain. */
  readonly loopDetection: boolean;
  /** Faults, in percent of their occasions. */
  readonly crash: number;
  readonly hangs: number;
  readonly freezes: number;
  readonly twice: number;
  readonly lost: number;
  readonly throttled: number;
  readonly storeLost: number;
}

export const DEFAULTS: Settings = {
  seed: 1,
  code: "longhaul",
  items: 200,
  stepMs: 2_000,
  law: "log-normal",
  timeoutS: 60,
  memoryMb: 1_024,
  record: true,
  lease: "invocation",
  history: false,
  loopDetection: false,
  crash: 0,
  hangs: 0,
  freezes: 0,
  twice: 0,
  lost: 0,
  throttled: 0,
  storeLost: 0,
};

type NumberSetting = { [Name in keyof Settings]: Settings[Name] extends number ? Name : never }[keyof Settings];

/** A slider: its values from left to right. */
export interface Range {
  readonly name: Exclude<NumberSetting, "seed">;
  readonly label: string;
  readonly hint: string;
  readonly stops: readonly number[];
  readonly show: (value: number) => string;
}

const percent = (value: number) => (value === 0 ? "never" : `${value} %`);
const RARE = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const OFTEN = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

export const WORK_RANGES: readonly Range[] = [
  {
    name: "items",
    label: "Items",
    hint: "Pieces of work, one after another.",
    stops: [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000],
    show: (value) => value.toLocaleString("en-US"),
  },
  {
    name: "stepMs",
    label: "Time of an item",
    hint: "The median; the law below spreads it.",
    stops: [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000],
    show: (value) => (value < 1_000 ? `${value} ms` : `${value / 1_000} s`),
  },
];

export const FUNCTION_RANGES: readonly Range[] = [
  {
    name: "timeoutS",
    label: "Timeout",
    hint: "Lambda kills the process then.",
    stops: [5, 10, 20, 30, 60, 120, 300, 600, 900],
    show: (value) => (value < 60 ? `${value} s` : `${value / 60} min`),
  },
  {
    name: "memoryMb",
    label: "Memory",
    hint: "Decides the price of a second.",
    stops: [128, 256, 512, 1_024, 2_048, 4_096, 10_240],
    show: (value) => `${value.toLocaleString("en-US")} MB`,
  },
];

export const FAULT_RANGES: readonly Range[] = [
  { name: "crash", label: "The process dies", hint: "At each await.", stops: RARE, show: percent },
  { name: "freezes", label: "The process freezes", hint: "For 2 s to 2 min, at an await.", stops: RARE, show: percent },
  {
    name: "hangs",
    label: "An item hangs",
    hint: "Longer than the timeout, deaf to its signal.",
    stops: RARE,
    show: percent,
  },
  { name: "twice", label: "An event arrives twice", hint: "At once, or minutes later.", stops: OFTEN, show: percent },
  { name: "lost", label: "A hand-off is lost", hint: "Confirmed, and never delivered.", stops: OFTEN, show: percent },
  {
    name: "throttled",
    label: "An invoke is throttled",
    hint: "The event waits in Lambda's queue.",
    stops: OFTEN,
    show: percent,
  },
  {
    name: "storeLost",
    label: "A store's answer is lost",
    hint: "Written, but its caller sees an error.",
    stops: OFTEN,
    show: percent,
  },
];

export const RANGES: readonly Range[] = [...WORK_RANGES, ...FUNCTION_RANGES, ...FAULT_RANGES];

/** Choices by name, with their words for people. */
export const CHOICES = {
  code: {
    longhaul: "Longhaul: recursive()",
    plain: "A plain loop",
    position: "By hand: position and a reserve of 10 s",
    forgets: "By hand, forgets the position",
    watchdog: "By hand: a watchdog beside the loop",
    stuck: "Longhaul, with an item that never advances",
    sleeper: "Longhaul, sleeps 10 min after 40 items",
    "file-position": "A file in S3: the state is a position",
    "file-etag": "A file in S3: a position, and the ETag",
    "bucket-counter": "A bucket: the state is a counter",
    "bucket-token": "A bucket: the state is a token",
    "bucket-parts": "A bucket: parts that work at once",
    message: "A message: continued by hand",
    loops: "A queue: a fleet of loops",
  },
  law: {
    constant: "Constant: each takes the same",
    "log-normal": "Log-normal: most are near the median",
    pareto: "Pareto: a few take very long",
    "two-peaks": "Two peaks: one in ten takes eight times as long",
  },
  lease: {
    invocation: "As long as the invocation",
    heartbeat: "Heartbeats: 5 s apart",
  },
} as const satisfies {
  readonly code: Readonly<Record<FunctionKind, string>>;
  readonly law: Readonly<Record<StepLaw, string>>;
  readonly lease: Readonly<Record<LeaseChoice, string>>;
};

const BY_HAND: ReadonlySet<FunctionKind> = new Set<FunctionKind>([
  "plain",
  "position",
  "forgets",
  "watchdog",
  "message",
]);
/** Their runs are rows of a table, so there is always one. */
const ALWAYS_RECORDED: ReadonlySet<FunctionKind> = new Set<FunctionKind>(["bucket-parts", "loops"]);

/** Whether the code is without `recursive()`: no guard ends it. */
export function isByHand({ code }: Pick<Settings, "code">): boolean {
  return BY_HAND.has(code);
}

/** Whether the code keeps its runs in a store, if there is one. */
export function usesRecord({ code, record }: Settings): boolean {
  return ALWAYS_RECORDED.has(code) || (record && !BY_HAND.has(code));
}

/** The functions of the playground itself. Those of the tutorial's chapters keep no history. */
const OF_PLAYGROUND: ReadonlySet<FunctionKind> = new Set<FunctionKind>(["longhaul", "stuck", "sleeper"]);

/** Whether the run can be rewound to its latest hops. */
export function keepsHistory({ code, record, history }: Pick<Settings, "code" | "record" | "history">): boolean {
  return history && record && OF_PLAYGROUND.has(code);
}

/** Items between two sleeps of the function that sleeps, and how long it sleeps. */
export const SLEEPS = { afterItems: 40, forMs: 600_000 };
