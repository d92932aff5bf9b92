import { mkdtempSync, rmSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import * as fsPromises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { RunStore } from "@longhaul/core";
import { memoryRunStore } from "@longhaul/core";
import type { RunRecord } from "@longhaul/core/store";
import { type Check, invariant, type SimulatedHost, type SimulateManyOptions } from "@longhaul/core/testing";
import type { SimulatedJob } from "../../core/test/simulated-work.ts";
import { TmpCache } from "../src/cache/tmp-cache.ts";
import type { TmpFileSystem } from "../src/cache/tmp-directory.ts";
import { resumeOutput } from "../src/object/open-output.ts";
import { type OutputMark, persistOutput } from "../src/object/output-mark.ts";
import type { OutputState } from "../src/object/output-state.ts";
import { FaultyS3 } from "./faulty-s3.ts";

type Variation = ReturnType<NonNullable<SimulateManyOptions["vary"]>>;

/** A client of a simulated S3: each call is one over the world's network, and may fail, hang, or be the last of its process. */
function clientOf(world: SimulatedHost, s3: FaultyS3): Pick<S3Client, "send"> {
  const { client } = s3.connect();
  const send: (command: object, options?: { readonly abortSignal?: AbortSignal }) => Promise<unknown> = (
    command,
    { abortSignal: signal } = {},
  ) => world.call(`S3 ${command.constructor.name}`, () => client.send(command as never), signal ? { signal } : {});
  return { send: send as S3Client["send"] };
}

// Parts of 64 bytes, tails of up to 16 in the state: every kind of boundary is met in a run of a few lines.
const TUNING = {
  partBytes: 64,
  uploadsInFlight: 2,
  inlineMaxBytes: 16,
  isLatestState: true,
  rewinds: 0,
  warm: undefined,
};

interface WritingState {
  readonly at: number;
  readonly output?: OutputMark | OutputState;
}

/** The line that item `at` of a run writes. */
function lineOf({ name }: SimulatedJob, at: number): string {
  return `${name} line ${at}${".".repeat((at * 17) % 60)}\n`;
}

function wholeOutput(job: SimulatedJob): string {
  return Array.from({ length: job.upTo }, (_, at) => lineOf(job, at)).join("");
}

/**
 * Writes an output across hops, whose multipart upload and tails are S3's. It is exact, nothing is left behind, and what the
 * record refers to is there at any time, and what its history refers to, if so many hops are kept.
 */
export function writtenOutput(job: SimulatedJob, historyHops?: number): Variation {
  const s3 = new FaultyS3();
  const lost: string[] = [];
  const target = (run: string) => ({ bucket: "b", key: `out/${run}.txt`, run });
  /** Continues from the record, as the next hop would, and writes nothing. */
  const look = async (record: RunRecord | undefined, after: string) => {
    if (!record || record.phase === "done") return;
    const { client } = s3.connect();
    const { run, history } = record;
    const kept = await Promise.all((history?.hops ?? []).map((entry) => inner?.history?.read(run, entry)));
    for (const text of [record.state, ...kept]) {
      const state = text && (JSON.parse(text) as { value: WritingState }).value.output;
      if (!state) continue;
      try {
        await resumeOutput({ ...target(run), client }, { ...TUNING, isLatestState: false }, state as OutputState);
      } catch (error) {
        lost.push(`after ${after}: ${String(error)}`);
      }
    }
  };
  let inner: RunStore | undefined;
  const store = (records: Map<string, RunRecord>): RunStore => {
    const made = memoryRunStore(records);
    inner = made;
    s3.faults.after = ({ name }) => {
      if (/^(Delete|Abort|Complete)/.test(name)) for (const record of records.values()) void look(record, name);
    };
    const looked =
      <Write extends { readonly run: string }, Answer>(name: string, act: (write: Write) => Promise<Answer>) =>
      async (write: Write) => {
        const answer = await act(write);
        await look(records.get(write.run), name);
        return answer;
      };
    return {
      ...made,
      checkpoint: looked("checkpoint", made.checkpoint),
      handOff: looked("handOff", made.handOff),
      release: looked("release", made.release),
    };
  };
  const handler = (world: SimulatedHost) =>
    world.recursive<SimulatedJob, WritingState>({
      runId: ({ name }) => name,
      ...(historyHops !== undefined && { history: { hops: historyHops } }),
      start: () => ({ at: 0 }),
      async *run(entry, { event, run, signal, budget, onPersist }) {
        const calls = { host: world.host, budgetMs: () => budget.remainingMs - budget.reserveMs };
        const client = clientOf(world, s3);
        const place = { ...target(run.id), client, fence: run.fence, calls };
        const { isRewindable, rewinds } = run;
        const tuning = { ...TUNING, isLatestState: !isRewindable, rewinds };
        await using output = await resumeOutput(place, tuning, entry.output as OutputState | undefined);
        onPersist(async (state, reason) =>
          state.output ? { ...state, output: await persistOutput(state.output, reason) } : state,
        );
        for (let at = entry.at; at < event.upTo; at++) {
          await world.step(world.random.logNormal(event.stepMs, event.sigma), { signal });
          await output.write(lineOf(event, at));
          yield { at: at + 1, output: output.mark() };
        }
        await output.complete({ keepsTails: isRewindable });
      },
    });
  const isExact: Check = invariant("theOutputIsExact", (result, fail) => {
    if (lost[0] !== undefined) fail(`the record referred to what is not there: ${lost[0]}`);
    const { reason } = result.jobs[0] ?? {};
    if (result.outcome !== "done" && reason?.code !== "OUTPUT_NOT_REWINDABLE") return;
    const written = s3.objects.get(target(job.name).key);
    const text = written && new TextDecoder().decode(written.bytes);
    if (text !== wholeOutput(job)) fail(`the output is ${JSON.stringify(text)}.`);
  });
  return { handler, store, checks: [isExact] };
}

/** Bytes of version `version` of an object. */
function contentOf(key: string, version: number): Buffer {
  return Buffer.from(`${key}@${version} `.repeat(20));
}

/**
 * Reads objects through files in `/tmp`, which a frozen container keeps and a new one may find, with what crashed downloads
 * left. Whatever is read is a whole object in one version.
 */
export function readThroughTmp(): Variation {
  const root = mkdtempSync(join(tmpdir(), "simulated-tmp-"));
  const wrong: string[] = [];
  const handles: FileHandle[] = [];
  const files: TmpFileSystem = {
    ...fsPromises,
    async open(...args) {
      const handle = await fsPromises.open(...args);
      handles.push(handle);
      return handle;
    },
  };
  let environments = 0;
  const handler = (world: SimulatedHost) => {
    // One container at a time: a new one is the environment whose process died, with its files, or a new environment.
    if (world.random.chance(0.5)) environments++;
    const directory = join(root, String(environments));
    const tmp = new TmpCache({ directory, files, maxBytes: 2_000, now: () => world.host.now() });
    return world.recursive<SimulatedJob, number>({
      runId: ({ name }) => name,
      start: () => 0,
      async *run(position, { event, run, signal }) {
        for (let at = position; at < event.upTo; at++) {
          const key = `key-${at % 5}`;
          const version = Math.floor(at / 8);
          const content = contentOf(key, version);
          const object = { bucket: "b", key, etag: `"${version}"`, bytes: content.length };
          const file = await tmp.acquire(
            object,
            async (sink, aborted) => {
              for (let from = 0; from < content.length; from += 60) {
                await world.step(event.stepMs / 10, { signal: aborted });
                await sink.write(content.subarray(from, from + 60), from);
              }
            },
            { signal, fence: run.fence },
          );
          await world.step(event.stepMs / 2, { signal });
          if (!("unavailable" in file)) {
            try {
              const slices: Uint8Array[] = [];
              for await (const slice of file.read(0)) slices.push(Buffer.from(slice));
              if (!Buffer.concat(slices).equals(content)) wrong.push(`${key}@${version}`);
            } finally {
              await file.release();
            }
          }
          await world.effect(`${event.name}/${at}`, at, { fence: run.fence });
          yield at + 1;
        }
      },
    });
  };
  const isWhole: Check = invariant("whatIsReadIsWhole", (_, fail) => {
    rmSync(root, { recursive: true, force: true });
    // Those of processes that died here are open; closed before, a handle says no.
    for (const handle of handles) handle.close().catch(() => {});
    if (wrong[0] !== undefined) fail(`the file of ${wrong[0]} held something else.`);
  });
  return { handler, checks: [isWhole] };
}
