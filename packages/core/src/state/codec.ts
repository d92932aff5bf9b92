import { ConfigError, StateError } from "../errors.ts";
import type { StateSeal } from "./seal.ts";
import type { StateSpill } from "./spill.ts";

/** A validator of the Standard Schema kind (Zod, Valibot, ArkType, ...): https://standardschema.dev */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  };
}

/** The answer of a Standard Schema validator. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: ReadonlyArray<{
        readonly message: string;
        readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
      }>;
    };

/** How states are stored, whatever they are. */
export interface StateStorage {
  /** Version of the state's shape; a whole number from 1. Default: unversioned. */
  readonly stateVersion?: number | undefined;
  /** Keeps states that are too large for an event or a record. */
  readonly spill?: StateSpill | undefined;
  /** Signs and encrypts states. */
  readonly seal?: StateSeal | undefined;
}

/** How states are checked, migrated and stored. */
export interface StateCodecOptions<State> extends StateStorage {
  /** Validates (and may transform) every state that comes in. */
  readonly schema?: StandardSchema<State> | undefined;
  /** Brings a state of an older version (0: unversioned) to the current one. */
  readonly migrate?: ((state: unknown, fromVersion: number) => unknown) | undefined;
}

/** A state as it was stored, and the version of its shape; 0 if unversioned. */
export interface DecodedState {
  readonly state: unknown;
  readonly version: number;
}

/** A state whose version this code does not know how to read: newer, or older without `migrate`. */
export class StateVersionError extends StateError {
  constructor(found: number, known: number) {
    const mend = found > known ? ". A newer deployment wrote it: roll forward" : " and has no migrate. Add one";
    super("state", `is of version ${found}; this code knows ${known}${mend}, then resume the run.`);
  }
}

/** @throws {@link ConfigError} for a state version that is not a whole number from 1, or `migrate` without a version. */
export function assertCodec(options: StateCodecOptions<unknown>): void {
  const { stateVersion, migrate } = options;
  if (stateVersion !== undefined && !(Number.isSafeInteger(stateVersion) && stateVersion > 0)) {
    throw new ConfigError(`state.version must be a whole number from 1, not ${stateVersion}.`);
  }
  if (migrate && stateVersion === undefined) throw new ConfigError("state.migrate needs state.version.");
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
