import type { FuzzedDecoder } from "./decoders.ts";
import { mutated } from "./mutated.ts";

/** An input that a decoder answered badly. */
export interface FuzzFinding {
  readonly decoder: string;
  readonly seed: number;
  readonly input: string;
  readonly problem: string;
}

/** Decodes the inputs of seeds from 0, and answers with the first error that has no code. */
export async function fuzz(decoder: FuzzedDecoder, inputs: number): Promise<FuzzFinding | undefined> {
  for (let seed = 0; seed < inputs; seed++) {
    const input = mutated(decoder.samples, seed);
    try {
      await decoder.decode(input);
    } catch (error) {
      if (hasCode(error)) continue;
      const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { decoder: decoder.name, seed, input: JSON.stringify(Buffer.from(input).toString("latin1")), problem };
    }
  }
  return undefined;
}

function hasCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && !error.code.startsWith("ERR_");
}

/**
 * How the time of a decoder grows when its input doubles: 1 for linear, 2 for quadratic. The exponent between the least and
 * the greatest size, each the quickest of some runs.
 */
export async function growth(decoder: FuzzedDecoder, fromBytes: number, doublings: number): Promise<number> {
  const [least, greatest] = [decoder.ofSize(fromBytes), decoder.ofSize(fromBytes * 2 ** doublings)];
  const quick = await quickestMs(decoder, least);
  const slow = await quickestMs(decoder, greatest);
  return Math.log2(slow / quick) / doublings;
}

async function quickestMs({ decode }: FuzzedDecoder, input: Uint8Array): Promise<number> {
  let quickest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const beganMs = performance.now();
    await decode(input);
    quickest = Math.min(quickest, performance.now() - beganMs);
  }
  return quickest;
}
