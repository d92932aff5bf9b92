import { ConfigError } from "@longhaul/core";
import { settingsError } from "@longhaul/core/parts";
import * as v from "valibot";

/** A schema of settings, each of which can be given as text. */
export type SettingsSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from environment variables, each named as its setting, in capitals: `batchSize` is `BATCH_SIZE`. An empty
 * variable counts as not set, unless the setting may be empty.
 *
 * @throws ConfigError for variables that cannot be used: of each its name, its value, and what to do.
 */
export function settingsFromEnvironment<Schema extends SettingsSchema>(
  schema: Schema,
  env: Environment,
): v.InferOutput<Schema> {
  const given = Object.entries(schema.entries).map(([setting, entry]) => {
    const text = env[variableOf(setting)];
    return [setting, text === "" && !v.is(entry, "") ? undefined : text];
  });
  return checked(schema, Object.fromEntries(given), (setting) => `The environment variable ${variableOf(setting)}`);
}

function variableOf(setting: string): string {
  return setting.replace(/[A-Z]/g, "_$&").toUpperCase();
}

/**
 * Checks settings that a program gives, and fills in the defaults.
 *
 * @param caller The function they were given to, as messages name it.
 * @throws ConfigError for those that cannot be used: of each its name, its value, and what to do.
 */
export function checkedSettings<Schema extends SettingsSchema>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  caller: string,
): v.InferOutput<Schema> {
  for (const name of Object.keys(given)) {
    if (!(name in schema.entries)) throw new ConfigError(`${caller} has no option ${JSON.stringify(name)}.`);
  }
  return checked(schema, given, (setting) => `The option ${setting} of ${caller}`);
}

function checked<Schema extends SettingsSchema>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  titleOf: (setting: string) => string,
): v.InferOutput<Schema> {
  // With every name there, each setting says by its own rule what is missing.
  const names = Object.keys(schema.entries);
  const result = v.safeParse(schema, Object.fromEntries(names.map((name) => [name, given[name]])));
  if (result.success) return result.output;
  const defaults: Readonly<Record<string, unknown>> = v.getDefaults(schema);
  throw settingsError(
    result.issues.map(({ message, path }) => {
      const setting = String(path?.[0]?.key);
      return { setting: titleOf(setting), value: given[setting], rule: message, fallback: defaults[setting] };
    }),
  );
}
