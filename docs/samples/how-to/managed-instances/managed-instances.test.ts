import { readFileSync } from "node:fs";
import { everyItemAtLeastOnce, type LoadHandler, simulateMany, standardChecks } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { indexDocuments } from "./handler.ts";

const page = readFileSync(new URL("../../../src/content/docs/how-to/managed-instances.mdx", import.meta.url), "utf8");
const documentsOf = (name: string) => Array.from({ length: 25 }, (_, at) => `${name}-${at}`);
/** Documents that are never indexed if two runs share a position. */
const LOST = 31;
const NAMES = ["a", "b", "c", "d"];

/** Four runs in processes that work on four invocations at a time, and that nobody kills at the timeout. */
const onManagedInstances = (handler: LoadHandler, seeds: number) =>
  simulateMany({
    seeds,
    // On a platform that does not kill, only a call's own limit ends it.
    faults: { from: "chaos", effectHangs: 0 },
    timeoutMs: 20_000,
    platformKills: false,
    invocationsPerContainer: 4,
    maxContainers: 2,
    events: NAMES.map((name, at) => ({ event: { documents: documentsOf(name) }, atMs: at * 100 })),
    handler,
    checks: [...standardChecks, everyItemAtLeastOnce(NAMES.flatMap(documentsOf))],
  });

const indexed: LoadHandler = (world) =>
  indexDocuments({
    recursive: world.recursive,
    store: world.store,
    async addToIndex(document, { signal, fence }) {
      await world.step(1_500, { signal });
      await world.effect(document, "indexed", { fence });
    },
  });

describe("several runs in one process that nobody kills", () => {
  it("each do their own work, whatever goes wrong", async () => {
    const { outcomes } = await onManagedInstances(indexed, 25);
    expect(outcomes.done).toBeGreaterThan(0);
  });

  it("mix where the position is a variable of the module, and the checks say so", async () => {
    const shared: LoadHandler = (world) => {
      let next = 0;
      return world.recursive({
        store: world.store,
        start: (_event: { documents: string[] }) => ({ next: 0 }),
        async *run(state, { event, run, signal }) {
          for (next = state.next; next < event.documents.length; next++) {
            await world.step(1_500, { signal });
            await world.effect(event.documents[next] ?? "", "indexed", { fence: run.fence });
            yield { next: next + 1 };
          }
          return next;
        },
      });
    };
    expect(page).toContain(`${LOST} of 100 documents`);
    await expect(onManagedInstances(shared, 1)).rejects.toThrow(`${LOST} of 100 effects never happened`);
  });
});
