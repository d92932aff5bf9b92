import { type StateSpill, sha256Hex, stateSpill } from "./spill.ts";

/** A spill for tests. */
export function spillInMemory(): { readonly spill: StateSpill; readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  const spill = stateSpill({
    async put(run, hop, text) {
      const uri = `memory:${run}/${hop}`;
      texts.set(uri, text);
      return { uri, bytes: Buffer.byteLength(text), sha256: await sha256Hex(text) };
    },
    async get({ uri }) {
      return texts.get(uri) ?? "";
    },
  });
  return { spill, texts };
}
