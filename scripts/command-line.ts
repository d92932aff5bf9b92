import { type ParseArgsConfig, parseArgs } from "node:util";

/**
 * Reads the command line of a script. With `--help` it prints the usage and ends with 0. A command line that it cannot take ends
 * with 2, the reason and the usage on standard error.
 */
export function commandLine<const Config extends ParseArgsConfig>(usage: string, config: Config) {
  try {
    const parsed = parseArgs({ ...config, options: { ...config.options, help: { type: "boolean", short: "h" } } });
    if (!("help" in parsed.values)) return parsed as unknown as ReturnType<typeof parseArgs<Config>>;
    console.log(usage.trimEnd());
    process.exit(0);
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS")) throw error;
    console.error(`${(error as Error).message}\n\n${usage.trimEnd()}`);
    process.exit(2);
  }
}
