import { createHash } from "node:crypto";
import { firstBytes } from "@longhaul/core/parts";
import type { TransformSettings } from "./settings.ts";
import { MAX_KEY_BYTES } from "./source.ts";

type Prefixes = Pick<TransformSettings, "outputPrefix" | "sourcePrefix">;

/** Key of the result of a source object: `in/cities.json` -> `out/cities.json.ndjson`. */
export function resultKey(prefixes: Prefixes, sourceKey: string): string {
  return keyFor(prefixes, sourceKey, ".ndjson");
}

/** Key of the records that were set aside: `in/cities.json` -> `out/cities.json.rejects.ndjson`. */
export function rejectsKey(prefixes: Prefixes, sourceKey: string): string {
  return keyFor(prefixes, sourceKey, ".rejects.ndjson");
}

function keyFor({ outputPrefix, sourcePrefix }: Prefixes, sourceKey: string, suffix: string): string {
  const name = sourceKey.startsWith(sourcePrefix) ? sourceKey.slice(sourcePrefix.length) : sourceKey;
  const room = MAX_KEY_BYTES - Buffer.byteLength(outputPrefix + suffix);
  if (Buffer.byteLength(name) <= room) return outputPrefix + name + suffix;
  // A key that is already as long as keys get is cut, and told from its like by a hash of the whole.
  const hash = createHash("sha256").update(sourceKey).digest("hex").slice(0, 16);
  return `${outputPrefix}${firstBytes(name, room - hash.length - 1)}~${hash}${suffix}`;
}
