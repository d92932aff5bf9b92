import { closeSync, openSync, writeSync } from "node:fs";

const FLUSH_CHARACTERS = 1_048_576;

/** How records become a document. */
export interface DocumentShape {
  /** The text of record `i`, with what separates it from its neighbours. Default: a line. */
  readonly wrap?: (i: number, record: string) => string;
  /** The text that ends the document. */
  readonly end?: string;
}

/** JSON records of 100 bytes on average, one in ten with a character outside ASCII. */
function recordText(i: number): string {
  const city = i % 10 === 0 ? "Zürich" : "Geneva";
  const record = `{"id":${i},"name":"customer ${i % 997}","city":"${city}","amount":${i % 9973}.25,"open":${i % 2 === 0}`;
  return `${record},"note":"${"x".repeat(Math.max(1, 72 + ((i * 7919) % 40) - record.length))}"}`;
}

/** Writes records to a new file until it has `mb` million bytes, holding a megabyte at a time. Answers with its size in bytes. */
export function writeRecords(path: string, mb: number, shape: DocumentShape = {}): number {
  const { wrap = (_i, record) => `${record}\n`, end = "" } = shape;
  const file = openSync(path, "w");
  try {
    let bytes = 0;
    let text = "";
    for (let i = 0; bytes + text.length < mb * 1_000_000; i++) {
      text += wrap(i, recordText(i));
      if (text.length > FLUSH_CHARACTERS) {
        bytes += writeSync(file, text);
        text = "";
      }
    }
    return bytes + writeSync(file, text + end);
  } finally {
    closeSync(file);
  }
}
