import { memoryRunStore } from "@longhaul/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findPython } from "./python.ts";
import { type Containers, containersOn, drive, type HopResult, type Language } from "./run.ts";
import { type Stage, setStage } from "./stage.ts";
import { type RunVector, readVectors, worldOf } from "./vectors.ts";

// Real processes and sockets on a machine that may be busy: far above what any of these takes.
const found = findPython("boto3");
const python = "missing" in found ? undefined : found;
const languages: readonly Language[] = ["TypeScript", "Python"];

/** Who runs which hop. */
const casts: readonly { readonly cast: string; readonly languageOf: (hop: number) => Language }[] = [
  { cast: "TypeScript", languageOf: () => "TypeScript" },
  { cast: "Python", languageOf: () => "Python" },
  { cast: "relay, Python first", languageOf: (hop) => languages[(hop + 1) % 2]! },
  { cast: "relay, TypeScript first", languageOf: (hop) => languages[hop % 2]! },
];

const kinds = [
  { what: "a bucket is walked [S1.1] [S1.2]", ...readVectors("bucket-walk") },
  { what: "a file from a queue is worked off [S3.1] [S3.2]", ...readVectors("queued-file") },
];

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  for (const { vectors } of kinds) for (const vector of vectors) await stage.put(vector);
});
afterAll(() => stage.close());

for (const { what, handler, vectors } of kinds) {
  describe(what, () => {
    let containers: Containers;
    beforeAll(() => {
      containers = containersOn(stage, handler, python, true);
    });
    afterAll(() => containers.close());

    for (const { cast, languageOf } of casts) {
      if (cast !== "TypeScript" && skipWithoutPython(cast)) continue;
      it.for(vectors)(`${cast}: $title`, async (vector) => {
        expectRun(await drive(stage, containers, vector, languageOf), vector);
      });
    }

    if (!skipWithoutPython("the very same events in both languages")) {
      it.for(vectors)("both languages hand on the very same events: $title", async (vector) => {
        const fromPython = await drive(stage, containers, vector, () => "Python");
        const fromTypeScript = await drive(stage, containers, vector, () => "TypeScript");
        expect(fromPython.map(({ handOffs }) => handOffs)).toEqual(
          fromTypeScript.map(({ handOffs }) => handOffs.map(withoutMetadata)),
        );
        expect(fromPython.map(({ reports }) => reports)).toEqual(fromTypeScript.map(({ reports }) => reports));
      });
    }
  });
}

describe("a file from a queue is downloaded once, kept for warm hops, and removed at the end [S3.2]", () => {
  const { handler, vectors } = readVectors("queued-file");
  const vector = vectors[0]!;
  for (const language of languages) {
    if (language === "Python" && skipWithoutPython(language)) continue;
    for (const isWarm of [true, false]) {
      it(`${language}, ${isWarm ? "warm: one download" : "cold: one a hop, and on at the position"}`, async () => {
        const containers = containersOn(stage, handler, python, isWarm);
        const before = { downloads: stage.downloads(), files: await stage.files() };
        try {
          expectRun(await drive(stage, containers, vector, () => language), vector);
        } finally {
          await containers.close();
        }
        expect(stage.downloads() - before.downloads).toBe(isWarm ? 1 : vector.hops.length);
        // A container that is not there any more cannot remove what it kept.
        const kept = isWarm ? 0 : vector.hops.length - 1;
        expect(await stage.files()).toHaveLength(before.files.length + kept);
      });
    }
  }
});

describe("a file that is replaced while its run is going on [S3.2]", () => {
  const { handler, vectors } = readVectors("queued-file");
  const vector = vectors[0]!;
  const { bucket, key = "" } = vector.objects;
  for (const language of languages) {
    if (language === "Python" && skipWithoutPython(language)) continue;
    it(`${language}: ends the run of the old one, and no record of the new one is taken for the old one's`, async () => {
      const containers = containersOn(stage, handler, python, false);
      const hops = (from: number, to?: number) => ({ ...vector, hops: vector.hops.slice(from, to) });
      try {
        const [first] = await drive(stage, containers, hops(0, 1), () => language);
        await stage.write(bucket, key, "other records\n".repeat(10_000));
        const next = { ...hops(1), event: first!.handOffs[0]! };
        await expect(drive(stage, containers, next, () => language)).rejects.toThrow(/pre-?conditions/i);
        expect([await stage.reports(), await stage.handOffs()]).toEqual([[], []]);
      } finally {
        await stage.write(bucket, key, worldOf(vector.objects).objects.get(key)!);
        await containers.close();
      }
    });
  }
});

describe("a relay with a run store in TypeScript, of which Python knows nothing [S1.1] [S3.2]", () => {
  if (skipWithoutPython("relay")) return;
  for (const { handler, vectors } of kinds) {
    it.for(["Python", "TypeScript"] as const)(`${handler}, %s first`, async (first) => {
      const containers = containersOn(stage, handler, python, true, memoryRunStore());
      const begins = languages.indexOf(first);
      try {
        const vector = vectors[0]!;
        expectRun(await drive(stage, containers, vector, (hop) => languages[(hop + begins) % 2]!), vector);
      } finally {
        await containers.close();
      }
    });
  }
});

/** Whether there is no Python; then a test that is skipped says so. */
function skipWithoutPython(what: string): boolean {
  if ("missing" in found) it(`${what}: skipped: ${found.missing}`, ({ skip }) => skip());
  return python === undefined;
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

type Event = Readonly<Record<string, unknown>>;

function withoutMetadata({ longhaul: _, ...event }: Event): Event {
  return event;
}

/** Tokens are S3's own affair; vectors only say where one is. */
function withoutToken(event: Event): Event {
  const state = event.CURRENT_STATE;
  if (typeof state !== "object" || state === null || !("continuationToken" in state)) return event;
  expect(state.continuationToken).toMatch(/./);
  return { ...event, CURRENT_STATE: { ...state, continuationToken: "$token" } };
}
