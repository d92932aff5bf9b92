import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AT_ONCE, FaultyS3, type SeenCall, s3Error } from "../../test/faulty-s3.ts";
import { resumeOutput } from "./open-output.ts";
import type { ResumableOutput } from "./output.ts";
import { OutputDamagedError } from "./output-errors.ts";
import { type OutputMark, persistOutput } from "./output-mark.ts";
import type { OutputState } from "./output-state.ts";

// Parts of 16 bytes, tails of up to 4 in the state: a few dozen bytes meet every boundary.
const TUNING = {
  partBytes: 16,
  uploadsInFlight: 2,
  inlineMaxBytes: 4,
  isLatestState: false,
  rewinds: 0,
  warm: undefined,
};
const PLACE = { bucket: "b", key: "out/result.ndjson", run: "run-1" };
const SIX_TRIES = { ...AT_ONCE, attempts: 6 };

type Step =
  | { readonly kind: "write"; readonly bytes: number }
  | { readonly kind: "mark" }
  /** The last mark is saved, after more was written: a watchdog hands off in the middle of a step. */
  | { readonly kind: "checkpoint" | "handoff"; readonly marksFirst: boolean; readonly beyondBytes: number }
  /** The process dies; the run continues from a safe point that was saved: the last, or an earlier one. */
  | { readonly kind: "crash"; readonly back: number; readonly zombieBytes: number };

const beyondBytes = fc.oneof(fc.constant(0), fc.nat(60));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("write" as const), bytes: fc.nat(25) }) },
  { weight: 2, arbitrary: fc.constant({ kind: "mark" as const }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("checkpoint" as const, "checkpoint" as const, "handoff" as const),
      marksFirst: fc.boolean(),
      beyondBytes,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("crash" as const), back: fc.nat(3), zombieBytes: fc.nat(60) }),
  },
);
const steps = (maxLength: number): fc.Arbitrary<Step[]> => fc.array(step, { maxLength, size: "max" });

interface SafePoint {
  readonly state: OutputState | undefined;
  /** The content of the output at that place. */
  readonly content: readonly number[];
}

/**
 * The bytes that the attempts of a run write for the same input, and whether those given up are dead, or frozen and thawed.
 */
type Attempts = "same bytes" | "other bytes, killed" | "other bytes, thawed";

/** One run over the double: what was written, which safe points were saved. */
class Model {
  readonly s3 = new FaultyS3();
  readonly saved: SafePoint[] = [{ state: undefined, content: [] }];
  content: number[] = [];
  marked: { mark: OutputMark; content: readonly number[] } | undefined;
  out!: ResumableOutput;
  connection!: ReturnType<FaultyS3["connect"]>;
  epoch = 0;
  resumedFrom: OutputState | undefined;
  readonly #kind: Attempts;
  readonly #frozen: ReturnType<FaultyS3["connect"]>[] = [];

  constructor(kind: Attempts) {
    this.#kind = kind;
  }

  async resume({ state, content }: SafePoint): Promise<void> {
    this.epoch++;
    this.resumedFrom = state;
    this.connection = this.s3.connect();
    // As it comes back from an event: through JSON.
    const carried = state === undefined ? undefined : (JSON.parse(JSON.stringify(state)) as OutputState);
    this.out = await resumeOutput({ ...PLACE, client: this.connection.client, calls: SIX_TRIES }, TUNING, carried);
    this.content = [...content];
    this.marked = undefined;
  }

  next(bytes: number, from = this.content.length): number[] {
    const seed = this.#kind === "same bytes" ? 1 : this.epoch;
    return Array.from({ length: bytes }, (_, i) => ((from + i) * 31 * seed + seed) % 251);
  }

  thaw(): void {
    for (const connection of this.#frozen.splice(0)) connection.thaw();
  }

  async write(bytes: number): Promise<void> {
    const chunk = this.next(bytes);
    this.content.push(...chunk);
    await this.out.write(Uint8Array.from(chunk));
  }

  async save(reason: "checkpoint" | "handoff"): Promise<SafePoint> {
    if (this.marked === undefined) return this.saved.at(-1)!;
    const state = await persistOutput(this.marked.mark, reason);
    expect(JSON.stringify(state).length).toBeLessThan(400);
    const point = { state, content: this.marked.content };
    this.saved.push(point);
    return point;
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "write") await this.write(step.bytes);
    else if (step.kind === "mark") this.marked = { mark: this.out.mark(), content: [...this.content] };
    else if (step.kind !== "crash") {
      if (step.marksFirst) await this.take({ kind: "mark" });
      await this.write(step.beyondBytes);
      const point = await this.save(step.kind);
      if (step.kind !== "handoff") return;
      await this.out.close(); // as the end of the generator's block does
      await this.resume(point);
    } else {
      if (this.#kind === "other bytes, killed") {
        this.connection.cutOff();
      } else {
        // A frozen process that is thawed later: it writes on, in the background of a hop that took over.
        this.thaw();
        this.connection.freeze();
        this.#frozen.push(this.connection);
        const chunk = Uint8Array.from(this.next(step.zombieBytes));
        void this.out.write(chunk).catch(() => {});
      }
      const at = Math.max(0, this.saved.length - 1 - step.back);
      const point = this.saved[at]!;
      // A rewind gives up what came after: with other bytes, those safe points are another history's.
      if (this.#kind !== "same bytes") this.saved.length = at + 1;
      await this.resume(point);
    }
  }
}

async function play(model: Model, taken: readonly Step[], restBytes: number): Promise<void> {
  await model.resume(model.saved[0]!);
  for (const step of taken) await model.take(step);
  await model.write(restBytes);
  model.thaw();
  // What was thawed gets its word in before the end.
  await new Promise((resolve) => setImmediate(resolve));
}

function objectOf(model: Model): number[] {
  return [...model.s3.objects.get(PLACE.key)!.bytes];
}

describe("an output across hops holds exactly what the surviving hops wrote", () => {
  it("whatever is written, marked, saved, handed off, crashed and rewound, with zombies that write the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(steps(40), fc.nat(50), async (taken, restBytes) => {
        const model = new Model("same bytes");
        await play(model, taken, restBytes);
        const made = await model.out.complete();
        expect(objectOf(model)).toEqual(model.content);
        expect(made.bytes).toBe(model.content.length);
      }),
      { numRuns: 600 },
    );
  });

  it("also when every attempt writes other bytes than the one before it", async () => {
    await fc.assert(
      fc.asyncProperty(steps(40), fc.nat(50), async (taken, restBytes) => {
        const model = new Model("other bytes, killed");
        await play(model, taken, restBytes);
        const made = await model.out.complete();
        expect(objectOf(model)).toEqual(model.content);
        // Tails are gone too, unless the last attempt began anew and wrote its output in one call.
        if (made.parts > 0 || model.resumedFrom !== undefined)
          expect([...model.s3.objects.keys()]).toEqual([PLACE.key]);
      }),
      { numRuns: 600 },
    );
  });

  it("or is refused: a thawed hop that writes other bytes into a part is noticed, and nothing is completed", async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(steps(40), fc.nat(50), async (taken, restBytes) => {
        const model = new Model("other bytes, thawed");
        await play(model, taken, restBytes);
        try {
          await model.out.complete();
        } catch (error) {
          expect(error).toBeInstanceOf(OutputDamagedError);
          expect(model.s3.objects.has(PLACE.key)).toBe(false);
          refusals++;
          return;
        }
        expect(objectOf(model)).toEqual(model.content);
      }),
      { numRuns: 400 },
    );
    expect(refusals).toBeGreaterThan(0);
  });

  it("also when calls are throttled and answers are lost", async () => {
    const faults = fc.infiniteStream(fc.constantFrom("none", "none", "none", "before", "after"));
    await fc.assert(
      fc.asyncProperty(steps(30), fc.nat(50), faults, async (taken, restBytes, fault) => {
        const model = new Model("other bytes, killed");
        // At most five times in all, so that six tries always do.
        const failures = new Map<string, number>();
        const draw = (when: string, { name, input }: SeenCall): void => {
          const id = `${name} ${input.Key} ${input.PartNumber}`;
          const failed = failures.get(id) ?? 0;
          if (failed === 5 || fault.next().value !== when) return;
          failures.set(id, failed + 1);
          throw s3Error("SlowDown", 503);
        };
        model.s3.faults = { before: (call) => draw("before", call), after: (call) => draw("after", call) };
        await play(model, taken, restBytes);
        await model.out.complete();
        expect(objectOf(model)).toEqual(model.content);
      }),
      { numRuns: 400 },
    );
  });

  it("also when the answer to the completion is lost and a later attempt does the end again", async () => {
    await fc.assert(
      fc.asyncProperty(steps(25), fc.nat(50), fc.nat(30), async (taken, restBytes, moreBytes) => {
        const model = new Model("same bytes");
        await play(model, taken, restBytes);
        const whole = model.content;
        const point = model.saved.findLast(({ content }) => content.length <= whole.length)!;
        await model.out.complete();
        await model.resume(point);
        const left = whole.length - point.content.length;
        await model.write(Math.min(left, moreBytes));
        // Even through one more hand-off of the attempt that comes too late.
        await model.take({ kind: "handoff", marksFirst: true, beyondBytes: 0 });
        await model.write(whole.length - model.content.length);
        const again = await model.out.complete();
        expect(objectOf(model)).toEqual(whole);
        expect(again.bytes).toBe(whole.length);
      }),
      { numRuns: 400 },
    );
  });
});
