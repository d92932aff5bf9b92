import { isUtf8 } from "node:buffer";
import type { RejectedRecord } from "../records/batch.ts";
import { RejectsError } from "./rejects-error.ts";

/** A record that was set aside: it cannot be read, `transform` did not answer for it in time, or it killed its hops. */
export interface SetAsideRecord extends Omit<RejectedRecord, "reason" | "error"> {
  readonly reason: RejectedRecord["reason"] | "transform-timeout" | "killed-its-hops";
}

/**
 * Lines of the rejects object: the place of each record in the (decompressed) source, why it was set aside, and the record
 * itself: as `text`, or as `base64` if it is not UTF-8. Of one that is too large only the beginning.
 */
export function rejectLines(rejected: readonly SetAsideRecord[]): string {
  return rejected.map((record) => `${JSON.stringify(rejectLine(record))}\n`).join("");
}

function rejectLine({ record, byte, endByte, reason, bytes }: SetAsideRecord): object {
  const buffer = Buffer.from(bytes);
  const content = isUtf8(buffer) ? { text: buffer.toString("utf8") } : { base64: buffer.toString("base64") };
  return { record, byte, endByte, reason, ...content };
}

/** A record as a rejects object has it. */
export interface KeptRecord {
  readonly reason: string;
  /** The bytes of the record; of one that is too large only the beginning. */
  readonly bytes: Uint8Array;
}

/**
 * Reads the lines of a rejects object.
 *
 * @throws {@link RejectsError} for a line that is none.
 */
export function recordsOfRejects(content: string, name: string): readonly KeptRecord[] {
  const lines = content.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, index) => {
    const { reason, text, base64 } = fieldsOf(line);
    if (typeof reason === "string" && typeof text === "string") return { reason, bytes: Buffer.from(text) };
    if (typeof reason === "string" && typeof base64 === "string") {
      return { reason, bytes: Buffer.from(base64, "base64") };
    }
    throw new RejectsError(
      name,
      `line ${index + 1} is not a record that was set aside. Give a rejects object: OUTPUT.rejects.ndjson.`,
    );
  });
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
