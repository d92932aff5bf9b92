/** Exit codes of the `longhaul` command. */
export const EXIT = {
  ok: 0,
  /** The run ended, but not well: it failed, was stopped, or its check did not hold. */
  runFailed: 1,
  /** The command line cannot be carried out. */
  usage: 2,
  /** The verb needs `@longhaul/local`, which is not installed. */
  localMissing: 3,
  /** The user interrupted it, as a shell reports SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
