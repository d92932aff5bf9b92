import type { CallTuning } from "@longhaul/core/parts";
import { resumeOutput } from "../src/object/open-output.ts";
import type { ResumableOutput } from "../src/object/output.ts";
import type { OutputTuning } from "../src/object/output-shape.ts";
import type { OutputState } from "../src/object/output-state.ts";
import type { OutputFence } from "../src/object/output-target.ts";
import { AT_ONCE, type Faults, type FaultyS3 } from "./faulty-s3.ts";

// What the tests of the output share: outputs in parts of 10 bytes over the double.

export const PLACE = { bucket: "b", key: "out/result", run: "run-1" };

export interface Setting extends Partial<OutputTuning> {
  readonly run?: string;
  readonly fence?: OutputFence;
  readonly calls?: CallTuning;
}

/** An output in parts of 10 bytes; tails up to 2 bytes travel in the state. */
export function openSmall(
  s3: FaultyS3,
  state?: OutputState,
  { run = PLACE.run, fence, calls = AT_ONCE, ...tuning }: Setting = {},
): Promise<ResumableOutput> {
  const target = { ...PLACE, run, client: s3.connect().client, calls, ...(fence !== undefined && { fence }) };
  return resumeOutput(
    target,
    {
      partBytes: 10,
      uploadsInFlight: 2,
      inlineMaxBytes: 2,
      isLatestState: false,
      rewinds: 0,
      warm: undefined,
      ...tuning,
    },
    state,
  );
}
/** The object as text. */
export const textOf = (s3: FaultyS3): string => Buffer.from(s3.objects.get(PLACE.key)!.bytes).toString();
/** Keys of what is kept beside it. */
export const kept = (s3: FaultyS3): string[] => [...s3.objects.keys()].filter((key) => key !== PLACE.key);
/** Lets everything under way take its next steps. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));
/** Fails calls of one name. */
export const failing = (name: string, error: Error, when: "before" | "after" = "before"): Faults => ({
  [when]: (call: { name: string }) => {
    if (call.name === name) throw error;
  },
});
