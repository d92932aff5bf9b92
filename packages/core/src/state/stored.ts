import { ConfigError, StateTooLargeError } from "../errors.ts";
import type { StateRef } from "../recursion/envelope.ts";
import type { DecodedState, StateStorage } from "./codec.ts";
import { fromJson, toJson, utf8Bytes } from "./json.ts";
import { readSpilled } from "./spill.ts";

/** A state outside the event: in a record or a spill. */
export interface StoredState {
  readonly version?: number;
  readonly value?: unknown;
  readonly ref?: StateRef;
  readonly sealed?: string;
}

/** Where a state is to be stored. */
export interface StorePlace {
  readonly run: string;
  readonly hop: number;
  /** The room there is, in bytes. */
  readonly maxBytes: number;
  /** The name of the place, for messages: `the run store`. */
  readonly channel: string;
  /** Version of the state's shape. Default: the current one. */
  readonly version?: number | undefined;
}

/**
 * Encodes a state for a record, spilling it if it is larger than the room there is.
 *
 * @throws {@link StateError} if it is not JSON, {@link StateTooLargeError} if it does not fit and there is no spill.
 */
export async function encodeStored(codec: StateStorage, state: unknown, place: StorePlace): Promise<string> {
  const text = await storedText(codec, state, place.run, place.version);
  const bytes = utf8Bytes(text);
  if (bytes <= place.maxBytes) return text;
  if (!codec.spill) throw new StateTooLargeError(bytes, place.maxBytes, place.channel);
  return refText(await codec.spill.put(place.run, place.hop, text));
}

/** The record's reference to a state that is elsewhere. */
export function refText(ref: StateRef): string {
  return JSON.stringify({ ref } satisfies StoredState);
}

/** The text of a state, sealed if so configured, with its version. */
export async function storedText(
  codec: StateStorage,
  state: unknown,
  run: string,
  version = codec.stateVersion,
): Promise<string> {
  let value = toJson(state);
  if (codec.seal) value = JSON.stringify(await codec.seal.seal(value, run));
  return `{${version ? `"version":${version},` : ""}"${codec.seal ? "sealed" : "value"}":${value}}`;
}

/** Decodes a state from a record; the counterpart of {@link encodeStored}. A state without a version is of version 0. */
export async function decodeStored(codec: StateStorage, text: string, run: string): Promise<DecodedState> {
  const { ref, version = 0, sealed, value } = fromJson(text) as StoredState;
  if (ref) return decodeSpilled(codec, ref, run);
  if (sealed === undefined && !codec.seal) return { state: value, version };
  if (!codec.seal) throw new ConfigError("The state is sealed; configure the same seal.");
  if (sealed === undefined)
    throw new ConfigError(
      "The state was stored before this function had a seal; it takes only sealed ones. Begin the run again.",
    );
  try {
    return { state: fromJson(await codec.seal.open(sealed, run)), version };
  } catch (cause) {
    throw new ConfigError(
      "The stored state was not sealed for this run with a secret that this function has. Add that secret.",
      {
        cause,
      },
    );
  }
}

/** Reads a state that was spilled. */
export async function decodeSpilled(codec: StateStorage, ref: StateRef, run: string): Promise<DecodedState> {
  if (!codec.spill) throw new ConfigError(`The state was spilled to ${ref.uri}; configure the same spill.`);
  return decodeStored(codec, await readSpilled(codec.spill, ref), run);
}
