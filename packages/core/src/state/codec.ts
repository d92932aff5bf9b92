import { ConfigError, EventError, StateError, StateTooLargeError } from "../errors.ts";
import type { StateRef } from "../recursion/envelope.ts";
import { fromJson, toJson, utf8Bytes } from "./json.ts";
import type { StateSeal } from "./seal.ts";
import { readSpilled, type StateSpill } from "./spill.ts";

/** A validator of the Standard Schema kind (Zod, Valibot, ArkType, ...): https://standardschema.dev */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

/** What a Standard Schema validator answers. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: ReadonlyArray<{
        readonly message: string;
        readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
      }>;
    };

/** How states are checked, migrated and stored. */
export interface StateCodecOptions<State> {
  /** Validates (and may transform) every state that comes in. */
  readonly schema?: StandardSchema<State> | undefined;
  /** Version of the state's shape; a whole number from 1. Default: unversioned. */
  readonly stateVersion?: number | undefined;
  /** Brings a state of an older version (0: unversioned) to the current one. */
  readonly migrate?: ((state: unknown, fromVersion: number) => unknown) | undefined;
  readonly spill?: StateSpill | undefined;
  readonly seal?: StateSeal | undefined;
}

/** A state whose version this code does not know how to read: newer, or older without `migrate`. */
export class StateVersionError extends StateError {
  constructor(found: number, known: number) {
    super(
      "state",
      found > known
        ? `is of version ${found}; this code knows ${known}. A newer deployment wrote it: roll forward, then resume the run.`
        : `is of version ${found}; this code is at ${known} and has no migrate. Add one, then resume the run.`,
    );
  }
}

/** @throws {@link ConfigError} for a state version that is not a whole number from 1, or `migrate` without a version. */
export function assertCodec(options: StateCodecOptions<unknown>): void {
  const { stateVersion, migrate } = options;
  if (stateVersion !== undefined && !(Number.isSafeInteger(stateVersion) && stateVersion > 0)) {
    throw new ConfigError(`stateVersion must be a whole number from 1, not ${stateVersion}.`);
  }
  if (migrate && stateVersion === undefined) throw new ConfigError("migrate needs stateVersion.");
}

/**
 * Makes a state that came in usable: migrates it, then validates it.
 *
 * @throws {@link StateVersionError}, or {@link StateError} with the path of the first issue.
 */
export async function admitState<State>(
  options: StateCodecOptions<State>,
  state: unknown,
  version = 0,
): Promise<State> {
  const known = options.stateVersion ?? 0;
  let current = state;
  if (version !== known) {
    if (version > known || !options.migrate) throw new StateVersionError(version, known);
    current = await options.migrate(current, version);
  }
  if (!options.schema) return current as State;
  const result = await options.schema["~standard"].validate(current);
  if (!result.issues) return result.value;
  const [issue] = result.issues;
  const path = (issue?.path ?? []).map((part) => `.${String(typeof part === "object" ? part.key : part)}`).join("");
  throw new StateError(`state${path}`, issue?.message ?? "was refused by the schema.");
}

/** A state outside the event: in a record. */
interface Stored {
  readonly version?: number;
  readonly value?: unknown;
  readonly ref?: StateRef;
  readonly sealed?: string;
}

/**
 * Encodes a state for a record, spilling it if it is larger than `maxBytes`.
 *
 * @throws {@link StateError} if it is not JSON, {@link StateTooLargeError} if it does not fit and there is no spill.
 */
export async function encodeStored(
  options: StateCodecOptions<never>,
  state: unknown,
  where: { readonly run: string; readonly hop: number; readonly maxBytes: number; readonly channel: string },
): Promise<string> {
  let value = toJson(state);
  if (options.seal) value = JSON.stringify(await options.seal.seal(value, where.run));
  const version = options.stateVersion === undefined ? "" : `"version":${options.stateVersion},`;
  const text = `{${version}"${options.seal ? "sealed" : "value"}":${value}}`;
  const bytes = utf8Bytes(text);
  if (bytes <= where.maxBytes) return text;
  if (!options.spill) throw new StateTooLargeError(bytes, where.maxBytes, where.channel);
  return JSON.stringify({ ref: await options.spill.put(where.run, where.hop, text) } satisfies Stored);
}

/** Decodes a state from a record; the counterpart of {@link encodeStored}. */
export async function decodeStored(
  options: StateCodecOptions<never>,
  text: string,
  run: string,
): Promise<{ readonly state: unknown; readonly version: number }> {
  const stored = fromJson(text) as Stored;
  if (stored.ref) {
    if (!options.spill) throw new ConfigError(`The state was spilled to ${stored.ref.uri}; configure the same spill.`);
    return decodeStored(options, await readSpilled(options.spill, stored.ref), run);
  }
  const { version = 0, sealed, value } = stored;
  if (sealed === undefined && !options.seal) return { state: value, version };
  if (!options.seal) throw new ConfigError("The state is sealed; configure the same seal.");
  if (sealed === undefined) throw new EventError("The state is not sealed, and this function takes only sealed ones.");
  return { state: fromJson(await options.seal.open(sealed, run)), version };
}
