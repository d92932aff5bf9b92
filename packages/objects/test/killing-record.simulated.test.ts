import type { S3Client } from "@aws-sdk/client-s3";
import type { RunStore } from "@longhaul/core";
import { simulate } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import type { BatchState } from "../src/transform/batch-state.ts";
import { beginning, makeContainer, processObject, type TransformSummary } from "../src/transform/process-object.ts";
import { FaultyS3 } from "./faulty-s3.ts";
import { settingsOf } from "./hop-by-hop.ts";
import { ndjson } from "./one-step-hops.ts";

const RECORDS = 400;
const source = { bucket: "b", key: "in/o.ndjson" };
const content = ndjson(RECORDS);

/** A store of a process that does nothing more once it is dead. */
function mortal(store: RunStore | undefined, dead: () => Promise<never> | undefined): RunStore {
  if (store === undefined) throw new Error("The simulation has no store.");
  const alive =
    <Args extends unknown[], Answer>(act: (...args: Args) => Promise<Answer>) =>
    (...args: Args): Promise<Answer> =>
      dead() ?? act(...args);
  const { begin, checkpoint, handOff, release, finish } = store;
  return {
    ...store,
    begin: alive(begin),
    checkpoint: alive(checkpoint),
    handOff: alive(handOff),
    release: alive(release),
    finish: alive(finish),
  };
}

/** Works an object off of which some records kill the process that transforms them. */
async function run(seed: number, killers: readonly number[], environment: Readonly<Record<string, string>> = {}) {
  const s3 = new FaultyS3();
  s3.put(source.key, Buffer.from(content));
  const settings = settingsOf({ OUTPUT_BUCKET: "b", BATCH_SIZE: "20", ...environment });
  let deaths = 0;
  const result = await simulate({
    seed,
    faults: "calm",
    timeoutMs: 60_000,
    stepMs: [100, 400],
    event: source,
    tracesSteps: false,
    realMs: 60_000,
    redrive: false,
    ends: ["done", "failed"],
    handler: (world) => {
      let isDead = false;
      const silence = () => world.sleep(1e9) as Promise<never>;
      const transform = (record: unknown) => {
        if (!killers.includes((record as { readonly id: number }).id)) return record;
        isDead = true;
        deaths++;
        return silence();
      };
      const container = { ...makeContainer(s3.connect().client as S3Client, settings, transform), host: world.host };
      return world.recursive<object, BatchState, TransformSummary>({
        state: { key: "position" },
        time: { checkpointEveryMs: 2_000 },
        store: mortal(world.store, () => (isDead ? silence() : undefined)),
        start: () => beginning(source),
        run: (state, context) => processObject(container, state, context as never),
      });
    },
  });
  const text = (key: string) => Buffer.from(s3.objects.get(key)?.bytes ?? "").toString();
  const rejects = text("out/o.ndjson.rejects.ndjson")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { readonly record: number; readonly reason: string; readonly text: string });
  return { result, deaths, written: text("out/o.ndjson.ndjson"), rejects };
}

const lines = content.trimEnd().split("\n");
const without = (killers: readonly number[]) =>
  lines
    .filter((_, id) => !killers.includes(id))
    .map((line) => `${line}\n`)
    .join("");

describe("a data record that kills its hops is set aside, and all others are in the result", () => {
  it.each([
    [1, [0]],
    [2, [137]],
    [3, [RECORDS - 1]],
    [4, [40, 41]],
    [5, [59, 310]],
  ])("seed %i: %j", async (seed, killers) => {
    const { result, deaths, written, rejects } = await run(seed, killers);
    expect(result.outcome).toBe("done");
    expect(written).toBe(without(killers));
    expect(rejects).toMatchObject(
      killers.map((record) => ({ record, reason: "killed-its-hops", text: lines[record] })),
    );
    expect(deaths).toBeLessThanOrEqual(8 * killers.length);
  });

  it("unless that is not wanted: then the run fails after its attempts", async () => {
    const { result, written } = await run(1, [137], { ON_KILLING_RECORD: "fail" });
    expect(result.outcome).toBe("failed");
    expect(written).toBe("");
  });

  it("or there are too many of them: it is not the records that are to blame", async () => {
    const killers = Array.from({ length: 12 }, (_, i) => i * 3);
    const { result, written } = await run(1, killers);
    expect(result.outcome).toBe("failed");
    expect(written).toBe("");
  });
});
