import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** The variable in which `RecursiveFunction` names the table of runs to its function. */
export const RUN_TABLE_VARIABLE = "LONGHAUL_RUN_TABLE";

/** How an account is reached: options of the command line. */
export interface AccountOptions {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** How the runs of a table are reached. */
export interface AccessOptions extends AccountOptions {
  readonly table?: string | undefined;
  /** The function whose variable names the table. */
  readonly function?: string | undefined;
}

/** Adds the options by which an account is reached. */
export function withAccount(command: CommandUnknownOpts): CommandUnknownOpts {
  return command
    .option("--profile <name>", "A profile of the AWS configuration files.")
    .option("--region <region>", "Default: the configured one.")
    .option("--endpoint <url>", "The URL of another AWS. Default: the one of longhaul dev, if it runs.");
}

/** Adds the options by which runs are reached. */
export function withAccess(command: CommandUnknownOpts): CommandUnknownOpts {
  return withAccount(
    command
      .option("--table <name>", "The run table. Default: LONGHAUL_RUN_TABLE, or that of longhaul dev.")
      .option("--function <name>", "The function whose run table it is, instead of --table."),
  );
}
