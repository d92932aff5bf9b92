/** A deliberate bug, and the test that must notice it. Paths are from the package's folder. */
export interface Mutant {
  /** Short name of the bug, unique in its package: `lease-over-without-skew`. */
  readonly id: string;
  /** The promise that the edit breaks. */
  readonly promise: string;
  /** The file that is edited. */
  readonly file: string;
  /** Text that occurs in the file exactly once. */
  readonly from: string;
  /** The text that takes its place. */
  readonly to: string;
  /** The test file that is run. */
  readonly testFile: string;
  /** Part of the name of the test that must fail, with the names of its `describe`s: `a sweep ends before its time does`. */
  readonly test: string;
}

/** A mutant, and the folder of its package from the root. */
export interface ListedMutant extends Mutant {
  readonly package: string;
}
