import type { ServerResponse } from "node:http";
import { seededRandom } from "@longhaul/core/testing";

/** How a listing server misbehaves: shares of its answers. */
export interface Trouble {
  /** Answered by 503 `SlowDown`, as S3 throttles. */
  readonly slowDowns: number;
  /** Answered late. */
  readonly spikes: number;
  /** How late, in milliseconds. */
  readonly spikeMs: number;
}

const SLOW_DOWN =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';
const SEED = 1;

/** Gives answers after the latency, or as the trouble has it; the same ones for the same order of requests. */
export function answersOf(
  latencyMs: number,
  trouble?: Trouble,
): (response: ServerResponse, answer: () => void) => void {
  const random = seededRandom(SEED);
  return (response, answer) => {
    if (trouble === undefined) {
      setTimeout(answer, latencyMs);
      return;
    }
    const drawn = random.next();
    if (drawn < trouble.slowDowns) {
      setTimeout(() => response.writeHead(503, { "content-type": "application/xml" }).end(SLOW_DOWN), latencyMs);
    } else setTimeout(answer, drawn < trouble.slowDowns + trouble.spikes ? trouble.spikeMs : latencyMs);
  };
}
