/** One place where the house is not in order. */
export interface Finding {
  /** Name of the rule, as the ratchet has it. */
  readonly rule: string;
  /** Path from the root, with a line where there is one: `docs/guarantees.md:12`. */
  readonly place: string;
  /** The fault, and what to do. */
  readonly message: string;
}

/** The place of an offset in a text. */
export function placeAt(path: string, text: string, offset: number): string {
  return `${path}:${text.slice(0, offset).split("\n").length}`;
}
