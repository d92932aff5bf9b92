import { recursive } from "@longhaul/core";

/** Prints lines in each possible way, in turns; logs no events of its run. */
export const handler = recursive<{ lines: number }, { next: number }, string>({
  start: () => ({ next: 0 }),
  *run({ next }, { event }) {
    for (let line = next; line < event.lines; line++) {
      if (line % 3 === 0) console.log("line", line);
      else if (line % 3 === 1) process.stdout.write(`line ${line}\n`);
      else console.error(`line ${line}`);
      if (line % 1_000 === 0) yield { next: line + 1 };
    }
    return `${event.lines} lines`;
  },
});
