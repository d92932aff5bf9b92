import type { S3Client } from "@aws-sdk/client-s3";
import { simulate } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import type { BatchState } from "../src/transform/batch-state.ts";
import { beginning, makeContainer, processObject, type TransformSummary } from "../src/transform/process-object.ts";
import { FaultyS3 } from "./faulty-s3.ts";
import { settingsOf } from "./hop-by-hop.ts";
import { type Trouble, troubledBodies, troubledClient, type Way } from "./troubled-client.ts";

const RECORDS = 670;
const content = Array.from({ length: RECORDS }, (_, id) => `${JSON.stringify({ id, text: "x".repeat(8_000) })}\n`).join(
  "",
);
const source = { bucket: "b", key: "in/o.ndjson" };

async function run(seed: number, way: Way) {
  const s3 = new FaultyS3();
  s3.put(source.key, Buffer.from(content));
  const trouble: Trouble = { way, share: 0.3, lastsMs: 600_000, struck: new Set() };
  const settings = settingsOf({ OUTPUT_BUCKET: "b", BATCH_SIZE: "1", TMP_MAX_BYTES: "1" });
  const result = await simulate({
    seed,
    faults: "calm",
    timeoutMs: 60_000,
    stepMs: [400, 1_200],
    event: source,
    tracesSteps: false,
    realMs: 60_000,
    handler: (world) => {
      s3.faults.bodyBreak = troubledBodies(world, trouble);
      const client = troubledClient(world, s3.connect().client as S3Client, trouble);
      const container = { ...makeContainer(client, settings, (record) => record), host: world.host };
      return world.recursive<object, BatchState, TransformSummary>({
        state: { key: "position" },
        time: { checkpointEveryMs: 20_000 },
        start: () => beginning(source),
        run: (state, context) => processObject(container, state, context),
      });
    },
  });
  return { result, s3, struck: trouble.struck };
}

describe("while three in ten requests to S3 fail for ten minutes, a run is slower, and goes on", () => {
  const everStruck = new Set<string>();

  it.each<[Way, seeds: number[]]>([
    ["throttle", [1, 2]],
    ["reset", [4, 6]],
    ["silence", [5, 7, 8]],
  ])("by %s", async (way, seeds) => {
    for (const seed of seeds) {
      const { result, s3, struck } = await run(seed, way);
      for (const name of struck) everStruck.add(name);
      expect(result.outcome).toBe("done");
      expect(Buffer.from(s3.objects.get("out/o.ndjson.ndjson")?.bytes ?? "").toString()).toBe(content);
      // What nobody heard of, and what could not be deleted in time, is left to the lifecycle rules.
      const keys = [...s3.objects.keys()].filter((key) => !key.startsWith("out/.longhaul/"));
      expect(keys.sort()).toEqual(["in/o.ndjson", "out/o.ndjson.ndjson"]);
      expect(s3.uploads.size).toBeLessThan(s3.count("CreateMultipartUpload"));
      // Only one that hands off has no time to wait for an answer that never comes.
      const failed = result.trace.filter(({ type }) => type === "threw");
      expect(failed.length, JSON.stringify(failed)).toBeLessThanOrEqual(way === "silence" ? 1 : 0);
    }
  });

  it("of every kind", () => {
    const kinds = "GetObject body HeadObject PutObject UploadPart CompleteMultipartUpload ListObjectsV2 DeleteObjects";
    expect([...everStruck]).toEqual(expect.arrayContaining(kinds.split(" ")));
  });
});
