/** A look at the system under load. */
export interface Sample {
  readonly elapsedMs: number;
  /** Items whose results were exact. */
  readonly done: number;
  /** Heap and buffers in use after a collection of garbage, in MB. */
  readonly liveMb: number;
  /** Resident memory, in MB. */
  readonly residentMb: number;
}

/** The counts of the system after its load and its stop. */
export interface Counts {
  readonly begun: number;
  readonly done: number;
  /** Items without an exact result, each with its fault. */
  readonly faults: readonly string[];
  readonly invocations: number;
  /** Process ids of all function instances. */
  readonly pids: readonly number[];
  /** Problems of the embedded AWS itself. */
  readonly problems: readonly string[];
}

/** The remains of the system after its stop. */
export interface Remains {
  /** Resources that kept its process alive; empty if it ended by itself. */
  readonly handles: readonly string[];
  /** Process ids of function instances that live on. */
  readonly pids: readonly number[];
  /** Files in its temporary directory. */
  readonly files: readonly string[];
}
