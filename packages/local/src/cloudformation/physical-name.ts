import { createHash } from "node:crypto";

/**
 * The name a resource gets when the template gives none: the same at every deployment, readable, and different for
 * every (stack, logical id). Lower-case letters, digits and hyphens only, which every service takes.
 */
export function physicalName(stack: string, logicalId: string, maxLength: number): string {
  const hash = createHash("sha256").update(`${stack}\n${logicalId}`).digest("hex").slice(0, 8);
  const readable = `${stack}-${logicalId}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "");
  const kept = readable.slice(0, maxLength - hash.length - 1).replace(/-+$/, "");
  return `${kept}-${hash}`;
}

/** A stack's id. Its last part is a UUID made from the name, so that what templates derive from it stays the same too. */
export function stackId(region: string, accountId: string, stack: string): string {
  const hex = createHash("sha256").update(`stack\n${stack}`).digest("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/${uuid.join("-")}`;
}
