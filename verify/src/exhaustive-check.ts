import type { TraceStep } from "./trace-step.ts";

/** A check that visits every state of something within bounds: of the lease, of walks, of fleets. */
export interface ExhaustiveCheck {
  /** As the command's `--of` takes it. */
  readonly name: string;
  /** Address of the module that exports it as `check`, so that a thread can load it. */
  readonly module: string;
  /** The invariants that it looks at, such as `V13`. */
  readonly invariants: readonly string[];
  readonly bounds: readonly NamedBounds[];
  readonly bugs: readonly DeliberateBug[];
  /** Visits the states within the bounds of a name, with the deliberate bug of a name. */
  search(bounds: string, bug: string | undefined, limits?: SearchLimits): Promise<Searched>;
}

/** Bounds of a search. */
export interface NamedBounds {
  readonly name: string;
  /** The bounds in words: `2 hops at once, 1 fault`. */
  readonly limits: string;
  /** Who visits them: `npm test` and the deliberate bugs small ones; the command large ones whole, and of huge ones a part. */
  readonly size: "small" | "large" | "huge";
}

/** One function in place of another, and what must notice it. */
export interface DeliberateBug {
  readonly name: string;
  /** The invariant that it breaks first. */
  readonly breaks: string;
  /** Name of the bounds that show it. */
  readonly within: string;
}

/** Limits of a search. */
export interface SearchLimits {
  /** Most states that are visited. Default: all. */
  readonly states?: number;
  /** When it ends, by `Date.now()`. Default: when all states were visited. */
  readonly endMs?: number;
  /** Called now and then. */
  readonly onProgress?: (states: number, depth: number) => void;
}

/** The end of a search. */
export interface Searched {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the first state to the last one that was visited. */
  readonly depth: number;
  /** Whether all states were visited. */
  readonly isWhole: boolean;
  readonly seconds: number;
  /** The invariant that fell first. */
  readonly finding?: Finding;
}

/** An invariant that fell, with a shortest trace. */
export interface Finding {
  readonly invariant: string;
  readonly text: string;
  readonly trace: readonly TraceStep[];
}
