import { createHash } from "node:crypto";
import type { StateSpill } from "../src/state/spill.ts";

/** A spill for tests. It takes no real time. */
export function spillInMemory(): { readonly spill: StateSpill; readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  const spill: StateSpill = {
    async put(run, hop, text) {
      const sha256 = createHash("sha256").update(text).digest("hex");
      const uri = `memory:${run}/${hop}-${sha256}`;
      texts.set(uri, text);
      return { uri, bytes: Buffer.byteLength(text), sha256 };
    },
    async get({ uri }) {
      return texts.get(uri) ?? "";
    },
  };
  return { spill, texts };
}
