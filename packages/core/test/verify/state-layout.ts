/** A part of a 32-bit word that holds a small number. */
export interface Field {
  readonly shift: number;
  readonly mask: number;
}

/** Lays fields out one after the other, by how many bits each has. */
function layout<Name extends string>(bits: Readonly<Record<Name, number>>): Readonly<Record<Name, Field>> {
  let shift = 0;
  const fields = {} as Record<Name, Field>;
  for (const name of Object.keys(bits) as Name[]) {
    fields[name] = { shift, mask: (1 << bits[name]) - 1 };
    shift += bits[name];
  }
  if (shift > 31) throw new RangeError(`A word of a state has 31 bits, not ${shift}.`);
  return fields;
}

/** The knowledge of an invocation: one word. */
export const INVOCATION = layout({
  /** See {@link DOES}. */
  does: 3,
  /** The write that it makes. */
  write: 3,
  /** The hop that it was sent for. */
  hop: 2,
  /** The safe point that its work has reached, or that its write has. */
  position: 2,
  /** Ticks since it made its request. */
  age: 2,
  /** How many writes it made in this tick. */
  ahead: 2,
  /** Ticks that the platform lets it live. */
  remaining: 2,
  /** Ticks that its clock is ahead. */
  off: 1,
  /** Whether the record has another epoch than the one it knows. */
  isStale: 1,
  /** Ticks that its lease lasts, as far as it knows. */
  lease: 2,
  /** Whether its run was rewound since it took the lease. */
  isRewound: 1,
  /** A write of it that its caller gave up and that arrives late: 0 for none, else the write and 1; 7 for a begin. */
  late: 3,
  latePosition: 2,
  lateAge: 2,
  lateAhead: 2,
});

/** The doings of an invocation. */
export const [IDLE, BEGINS, RUNS, WRITES, SENDS, ASKS, TELLS, DEAD] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** The number of a begin among late writes. */
export const LATE_BEGIN = 7;

/** The facts that are of no one invocation: one word. */
export const SHARED = layout({
  /** Events under way, by hop. */
  events0: 2,
  events1: 2,
  events2: 2,
  faults: 3,
  stop: 1,
  pause: 1,
  withdraw: 1,
  resume: 2,
  rewind: 1,
  delete: 1,
  sleeps: 1,
  /** Who has the lease, by what was granted: 0 for nobody, else the invocation and 1. */
  holder: 2,
  /** The safe point that hop 1 began with. */
  start1: 2,
  /** Ticks until a sleeper may wake; 7 for awake. */
  wake: 3,
  /** Whether a stop or pause was asked for since the run was resumed last. */
  isAsked: 1,
  /** Hops that were handed off or done. */
  committed: 3,
});

export const EVENTS = [SHARED.events0, SHARED.events1, SHARED.events2] as const;

export function get(word: number, { shift, mask }: Field): number {
  return (word >>> shift) & mask;
}

export function set(word: number, { shift, mask }: Field, value: number): number {
  return (word & ~(mask << shift)) | ((value & mask) << shift);
}
