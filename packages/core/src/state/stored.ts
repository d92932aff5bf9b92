import { ConfigError, EventError, StateTooLargeError } from "../errors.ts";
import type { StateRef } from "../recursion/envelope.ts";
import type { DecodedState, StateCodecOptions } from "./codec.ts";
import { fromJson, toJson, utf8Bytes } from "./json.ts";

/** A state outside the event: in a record or a spill. */
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
  codec: StateCodecOptions<never>,
  state: unknown,
  where: { readonly run: string; readonly hop: number; readonly maxBytes: number; readonly channel: string },
): Promise<string> {
  const text = await storedText(codec, state, where.run);
  const bytes = utf8Bytes(text);
  if (bytes <= where.maxBytes) return text;
  if (!codec.spill) throw new StateTooLargeError(bytes, where.maxBytes, where.channel);
  return JSON.stringify({ ref: await codec.spill.put(where.run, where.hop, text) } satisfies Stored);
}

/** The text of a state, sealed if so configured, with its version. */
export async function storedText(codec: StateCodecOptions<never>, state: unknown, run: string): Promise<string> {
  let value = toJson(state);
  if (codec.seal) value = JSON.stringify(await codec.seal.seal(value, run));
  const version = codec.stateVersion === undefined ? "" : `"version":${codec.stateVersion},`;
  return `{${version}"${codec.seal ? "sealed" : "value"}":${value}}`;
}

/** Decodes a state from a record; the counterpart of {@link encodeStored}. */
export async function decodeStored(codec: StateCodecOptions<never>, text: string, run: string): Promise<DecodedState> {
  const { ref, version = 0, sealed, value } = fromJson(text) as Stored;
  if (ref) {
    if (!codec.spill) throw new ConfigError(`The state was spilled to ${ref.uri}; configure the same spill.`);
    return codec.spill.states.read(codec, ref, run);
  }
  if (sealed === undefined && !codec.seal) return { state: value, version };
  if (!codec.seal) throw new ConfigError("The state is sealed; configure the same seal.");
  if (sealed === undefined) throw new EventError("The state is not sealed, and this function takes only sealed ones.");
  return { state: fromJson(await codec.seal.open(sealed, run)), version };
}
