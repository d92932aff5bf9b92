import { describe, expect, it, vi } from "vitest";
import { findPython } from "./python.ts";
import { containersOn, drive, type HopResult, type Language } from "./run.ts";
import { type Stage, setStage } from "./stage.ts";
import { type RunVector, readVectors, worldOf } from "./vectors.ts";

// Real processes and sockets on a machine that may be busy: far above what any of these takes.
vi.setConfig({ testTimeout: 60_000 });

const python = findPython("boto3");
const hasPython = !("missing" in python);

/** Who runs which hop. */
const casts: readonly { readonly name: string; readonly languageOf: (hop: number) => Language }[] = [
  { name: "TypeScript", languageOf: () => "TypeScript" },
  { name: "Python", languageOf: () => "Python" },
  { name: "relay, Python first", languageOf: (hop) => (hop % 2 === 0 ? "Python" : "TypeScript") },
  { name: "relay, TypeScript first", languageOf: (hop) => (hop % 2 === 0 ? "TypeScript" : "Python") },
];

const kinds = [
  { what: "a bucket is walked [S1.1] [S1.2]", ...readVectors("bucket-walk") },
  { what: "a file from a queue [S3.1] [S3.2]", ...readVectors("queued-file") },
];

for (const { what, handler, vectors } of kinds) {
  describe(what, () => {
    for (const { name, languageOf } of casts) {
      const isOneLanguage = languageOf(0) === languageOf(1);
      if (name !== "TypeScript" && !hasPython) {
        it(`${name}: skipped: ${python.missing}`, ({ skip }) => skip());
        continue;
      }
      it.for(vectors)(`${name}: $title`, async (vector) => {
        await onStage(vector, async (stage) => {
          const start = containersOn(stage, handler, hasPython ? python : undefined);
          const results = await drive(stage, start, vector, languageOf);
          expectRun(results, vector);
          // In a relay the container that does not run the last hop keeps its file, as a warm one does on Lambda.
          if (isOneLanguage) expect(await stage.files()).toEqual([]);
        });
      });
    }

    if (hasPython) {
      it("hands on the very same events in both languages, hop by hop", async () => {
        const vector = vectors[0]!;
        const run = (language: Language) =>
          onStage(vector, async (stage) => {
            const start = containersOn(stage, handler, python);
            return drive(stage, start, vector, () => language);
          });
        const [fromPython, fromTypeScript] = [await run("Python"), await run("TypeScript")];
        expect(fromPython.map(({ handOffs }) => handOffs)).toEqual(
          fromTypeScript.map(({ handOffs }) => handOffs.map(withoutMetadata)),
        );
        expect(fromPython.map(({ reports }) => reports)).toEqual(fromTypeScript.map(({ reports }) => reports));
      });
    }
  });
}

describe("a file from a queue is kept for warm hops, and removed at the end [S3.2]", () => {
  const { handler, vectors } = readVectors("queued-file");
  const vector = vectors[0]!;
  for (const language of ["TypeScript", "Python"] as const) {
    if (language === "Python" && !hasPython) {
      it(`${language}: skipped: ${python.missing}`, ({ skip }) => skip());
      continue;
    }
    const start = (stage: Stage) => containersOn(stage, handler, hasPython ? python : undefined);
    it(`${language}: one download serves three warm hops`, async () => {
      await onStage(vector, async (stage) => {
        await drive(stage, start(stage), vector, () => language);
        expect(stage.downloads()).toBe(1);
      });
    });

    it(`${language}: a cold container downloads anew and goes on at the position`, async () => {
      await onStage(vector, async (stage) => {
        expectRun(await drive(stage, start(stage), vector, () => language, false), vector);
        expect(stage.downloads()).toBe(vector.hops.length);
      });
    });
  }
});

async function onStage<T>({ objects }: RunVector, play: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await setStage(objects.bucket, worldOf(objects));
  try {
    return await play(stage);
  } finally {
    await stage.close();
  }
}

/** Each hop came to what the vector says, with one successor at most; everything was reported, nothing twice. */
function expectRun(results: readonly HopResult[], { hops, objects }: RunVector): void {
  expect(results.map(({ answer: { status, result } }) => ({ status, result }))).toEqual(
    hops.map(({ status, result }) => ({ status, result })),
  );
  const expected = hops.map(({ next }) => (next ? [next] : []));
  expect(results.map(({ handOffs }) => handOffs.map(withoutMetadata).map(withoutToken))).toEqual(expected);
  expect(results.flatMap(({ reports }) => reports)).toEqual(worldOf(objects).reports);
}

function withoutMetadata({
  longhaul: _,
  ...event
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return event;
}

/** Tokens are S3's own affair; vectors only say where one stands. */
function withoutToken(event: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const state = event.CURRENT_STATE;
  if (typeof state !== "object" || state === null || !("continuationToken" in state)) return event;
  expect(state.continuationToken).toMatch(/./);
  return { ...event, CURRENT_STATE: { ...state, continuationToken: "$token" } };
}
