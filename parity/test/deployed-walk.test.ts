import { memoryRunStore } from "@longhaul/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployedWalk } from "../src/deployed-walk.ts";
import { findPython } from "./python.ts";
import { containersOn, drive, type Language } from "./run.ts";
import { type Stage, setStage } from "./stage.ts";
import { readVectors, worldOf } from "./vectors.ts";

// Real processes and sockets on a machine that may be busy: far above what any of these takes.
const found = findPython("boto3");
const { handler, vectors } = readVectors("bucket-walk");

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
  for (const vector of vectors) await stage.put(vector);
});
afterAll(() => stage.close());

describe("the walker that is deployed takes turns with Python, hop by hop [S1.1] [S1.2]", () => {
  if ("missing" in found) {
    it(`skipped: ${found.missing}`, ({ skip }) => skip());
    return;
  }
  const languages: readonly Language[] = ["Python", "TypeScript"];
  for (const [begins, first] of languages.entries()) {
    for (const store of [undefined, "a run store in TypeScript"]) {
      it.for(vectors)(`${first} first${store ? `, ${store}` : ""}: $title`, async (vector) => {
        const kept = store === undefined ? undefined : memoryRunStore();
        const containers = containersOn(stage, handler, found, true, kept, deployedWalk);
        try {
          const results = await drive(stage, containers, vector, (hop) => languages[(hop + begins) % 2]!);
          expect(results.map(({ answer: { status } }) => status)).toEqual(vector.hops.map(({ status }) => status));
          expect(results.flatMap(({ reports }) => reports)).toEqual(worldOf(vector.objects).reports);
          expect(results.at(-1)?.answer.result).toMatchObject(vector.hops.at(-1)?.result as object);
          for (const [hop, { next }] of vector.hops.entries()) {
            const counts = next && { ...(next.CURRENT_STATE as object), continuationToken: expect.any(String) };
            expect(results[hop]?.handOffs).toMatchObject(next ? [{ ...next, CURRENT_STATE: counts }] : []);
          }
        } finally {
          await containers.close();
        }
      });
    }
  }
});
