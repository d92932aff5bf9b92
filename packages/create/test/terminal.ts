import { Readable, Writable } from "node:stream";
import type { Terminal } from "../src/ask.ts";

/** Keys to press when a text appears. */
export type Answers = readonly (readonly [question: string, keys: string])[];

export const ENTER = "\r";
export const DOWN = "\u001b[B";
export const CTRL_C = "\u0003";

/** A terminal at which somebody answers each question, in this order, when it appears. */
export function terminalAt(answers: Answers): Terminal & { readonly shown: () => string; readonly left: () => number } {
  const waiting = [...answers];
  let shown = "";
  let unseen = "";
  const input = Object.assign(new Readable({ read() {} }), { isTTY: true, setRawMode() {} });
  const output = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        shown += chunk;
        unseen += chunk;
        const [next] = waiting;
        if (next && unseen.includes(next[0])) {
          waiting.shift();
          unseen = "";
          // Not before the prompt listens.
          setImmediate(() => input.push(next[1]));
        }
        done();
      },
    }),
    { isTTY: true, columns: 100, rows: 40 },
  );
  return { input, output, shown: () => shown, left: () => waiting.length };
}
