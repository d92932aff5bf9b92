import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { createGzip, gunzipSync } from "node:zlib";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { callerDriver, memoryRunStore, type RecursiveOptions, recursive, secretSeal } from "../src/index.ts";
import { sqsHandler } from "../src/sqs.ts";
import {
  external,
  type ManyResult,
  type SimulatedHost,
  type SimulateManyOptions,
  simulate,
  simulateMany,
} from "../src/testing.ts";

/** A server on this machine; closed when the test is over. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A handler as it is deployed: made without a world. */
function deployed(
  work: (item: number, signal: AbortSignal) => Promise<void>,
  change: Partial<RecursiveOptions<{ upTo: number }, { next: number }, string>> = {},
) {
  return recursive<{ upTo: number }, { next: number }, string>({
    store: memoryRunStore(),
    start: () => ({ next: 0 }),
    async *run(state, { event, signal }) {
      for (let next = state.next; next < event.upTo; next++) {
        await work(next, signal);
        yield { next: next + 1 };
      }
      return "all of it";
    },
    ...change,
  });
}

function tried(handler: ReturnType<typeof deployed>, options: Partial<SimulateManyOptions> = {}): Promise<ManyResult> {
  // On a busy machine what is short may take long.
  return simulateMany({ seeds: 10, event: { upTo: 30 }, realMs: 60_000, handler: () => handler, ...options });
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a handler is simulated as it is deployed", () => {
  it("with its module's own client and store, whose calls are real", async () => {
    const objects = new Map<string, string>();
    const keys = Array.from({ length: 20 }, (_, at) => `key-${at}`);
    for (const key of keys) objects.set(`/in/${key}`, `body of ${key}`);
    const url = await serve((request, response) => {
      const path = new URL(request.url ?? "", "http://host").pathname;
      if (request.method === "GET") {
        response.end(objects.get(path));
        return;
      }
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        objects.set(path, body.includes(`body of ${path.slice(5)}`) ? `body of ${path.slice(5)}` : body);
        response.end();
      });
    });
    vi.stubEnv("TEST_ENDPOINT", url);
    const load = async () => (await import("./deployed/handler.ts")).handler;
    const result = await simulateMany({ seeds: 5, event: { keys }, realMs: 60_000, handler: load });
    expect(result.outcomes.done).toBe(5);
    expect(result.hops).toBeGreaterThan(10);
    expect(result.crashes).toBeGreaterThan(0);
    for (const key of keys) expect(objects.get(`/out/${key}`)).toBe(`body of ${key}`);
  });

  it("with work that waits for nothing but takes time, over many hops", async () => {
    const items = new Map<number, number>();
    const handler = deployed(async (item) => void items.set(item, (items.get(item) ?? 0) + 1));
    const result = await tried(handler, { seeds: 50 });
    expect(result.outcomes.done).toBe(50);
    expect(result.hops).toBeGreaterThan(200);
    for (let item = 0; item < 30; item++) expect(items.get(item)).toBeGreaterThanOrEqual(50);
  });

  it("with steps as long as it is said", async () => {
    const handler = deployed(async () => {});
    const short = await tried(handler, { faults: "calm", stepMs: [10, 20] });
    const long = await tried(handler, { faults: "calm", stepMs: [20_000, 25_000] });
    expect(short.hops).toBe(10);
    expect(long.hops).toBeGreaterThan(100);
  });

  it("passed by itself, as a program without types may do", async () => {
    const handler = deployed(async () => {});
    const result = await simulateMany({ seeds: 5, event: { upTo: 30 }, handler: handler as never });
    expect(result.outcomes.done).toBe(5);
  });

  it("without a store if it has none, and with one if that is asked for", async () => {
    const handler = deployed(async () => {}, { store: undefined });
    const without = await simulate({ seed: 1, faults: "calm", event: { upTo: 30 }, handler: () => handler });
    expect([without.hasStore, without.records.size, without.outcome]).toEqual([false, 0, "done"]);
    const pending = tried(handler, { faults: { handOffLost: 0.5 } });
    await expect(pending).rejects.toThrow("An event was lost, and without a store nothing sends it again");
    expect((await tried(handler, { faults: { handOffLost: 0.5 }, store: true })).outcomes.done).toBe(10);
  });

  it("with the caller that it is made for", async () => {
    const handler = deployed(async () => {}, { driver: callerDriver() });
    const result = await tried(handler, { trigger: "caller", faults: { from: "chaos", handOffLost: 0 } });
    expect(result.outcomes.done).toBe(10);
    expect(result.hops).toBeGreaterThan(20);
  });

  it("with its seal, whose encryption is real", async () => {
    const handler = deployed(async () => {}, { state: { seal: secretSeal(["a secret of enough length"]) } });
    const result = await tried(handler, { seeds: 3 });
    expect(result.outcomes.done).toBe(3);
  });

  it("and what is wrong with it is seen", async () => {
    const throws = deployed(async () => {
      throw new Error("no such table");
    });
    await expect(tried(throws)).rejects.toThrow("Its handler threw last: Error: no such table.");
    // Its type says nothing of it.
    const start = (): unknown => ({ at: new Date(0) });
    const wrong = recursive({
      start,
      async *run(state) {
        yield state;
      },
    });
    await expect(tried(wrong as never, { faults: "calm" })).rejects.toThrow("a Date would not survive JSON");
  });

  it("but not what wraps it, which is said in one sentence", async () => {
    const pending = simulate({
      seed: 1,
      handler: () => sqsHandler(deployed(async () => {})) as never,
      event: { Records: [] },
    });
    await expect(pending).rejects.toThrow(
      'The handler answered {"batchItemFailures":[]}, which is no outcome of recursive(). Simulate the handler that recursive() made, and not one that wraps it',
    );
  });
});

describe("what is real and short is waited for, while virtual time stands still", () => {
  it.each<[string, () => Promise<(item: number, signal: AbortSignal) => Promise<void>>]>([
    [
      "a request by fetch",
      async () => {
        const url = await serve((_, response) => void setTimeout(() => response.end("x"), 2));
        return async (_, signal) => void (await (await fetch(url, { signal })).text());
      },
    ],
    ["a timer of node:timers/promises", async () => () => wait(2)],
    ["setTimeout", async () => () => new Promise((resolve) => setTimeout(resolve, 2))],
    ["setImmediate", async () => () => new Promise<void>((resolve) => setImmediate(resolve))],
    [
      "files and streams",
      async () => {
        const folder = await mkdtemp(join(tmpdir(), "simulated-"));
        onTestFinished(() => rm(folder, { recursive: true }));
        await writeFile(join(folder, "in"), "text".repeat(10_000));
        return async (item) => {
          const path = join(folder, `out-${item}.gz`);
          await pipeline(createReadStream(join(folder, "in")), createGzip(), createWriteStream(path));
          expect(gunzipSync(await readFile(path))).toHaveLength(40_000);
        };
      },
    ],
    [
      "encryption, which Node does not list",
      async () => async () => {
        await crypto.subtle.digest("SHA-256", new Uint8Array(100_000));
      },
    ],
  ])("%s", async (_, makeWork) => {
    const work = await makeWork();
    const timed = await simulate({
      seed: 1,
      faults: "calm",
      event: { upTo: 12 },
      stepMs: [1_000, 1_000],
      realMs: 60_000,
      handler: () => deployed(work),
    });
    expect(timed.outcome).toBe("done");
    // Twelve steps of a second, and one that finds that nothing is left.
    expect(timed.stats.stepMs).toBeCloseTo(13_000, 0);
    const result = await tried(deployed(work), { seeds: 5, event: { upTo: 12 } });
    expect(result.outcomes.done).toBe(5);
  });

  it("and what is declared may be slow", async () => {
    const handler = deployed((item) => (item === 3 ? external(wait(300)) : Promise.resolve()));
    const result = await simulate({ seed: 1, faults: "calm", event: { upTo: 5 }, handler: () => handler });
    expect(result.outcome).toBe("done");
    expect(result.trace.filter(({ type }) => type === "waits")).toEqual([]);
    expect(await external(Promise.resolve("outside a simulation"))).toBe("outside a simulation");
    await expect(external(Promise.reject(new Error("as it is")))).rejects.toThrow("as it is");
  });

  it("and what is declared may be the last thing of a process", async () => {
    const handler = deployed(() => external(Promise.resolve()));
    const crashed = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const result = await simulate({ seed, faults: { crash: 0.1 }, event: { upTo: 30 }, handler: () => handler });
      for (const event of result.trace) if (event.type === "crashed") crashed.add(event.where);
      expect(result.outcome).toBe("done");
    }
    expect(crashed).toContain("after something external");
  });
});

describe("what is real and long is an error that names it", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ["a timer", () => wait(10_000), "a real timer"],
    ["a request", async () => fetch(await serve(() => {})), "the network"],
  ])("%s", async (_, slow, named) => {
    const handler = deployed(async (item) => void (item === 2 && (await slow())));
    const pending = tried(handler, { faults: "calm", realMs: 500, event: { upTo: 5 } });
    await expect(pending).rejects.toMatchObject({ code: "WAITS_OUTSIDE" });
    await expect(pending).rejects.toThrow(/^Step 3 of the work \(hop 0\) waits for something outside the simulation: /);
    await expect(pending).rejects.toThrow(named);
    await expect(pending).rejects.toThrow("Wrap it in external()");
    await expect(pending).rejects.toThrow("LONGHAUL_SEED=0");
  });

  it("but what an earlier step of the work began is none", async () => {
    const handler = (world: SimulatedHost) =>
      world.recursive<object, number>({
        start: () => 0,
        async *run(from) {
          let next = world.step(1_000);
          for (let at = from; at < 12; at++) {
            const now = next;
            next = world.step(3_000);
            await now;
            yield at + 1;
          }
        },
      });
    const { outcome, trace } = await simulate({ seed: 1, faults: "calm", timeoutMs: 10_000, handler });
    expect([outcome, trace.filter(({ type }) => type === "waits")]).toEqual(["done", []]);
  });

  it("nor is a wait for virtual time", async () => {
    const handler = deployed(
      (_, signal) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    );
    for (let seed = 0; seed < 3; seed++) {
      const result = await simulate({ seed, faults: "calm", event: { upTo: 1 }, handler: () => handler });
      expect(result.jobs[0]).toMatchObject({ outcome: "paused", reason: { code: "STALLED" } });
    }
  });
});
