import type { S3Client } from "@aws-sdk/client-s3";
import type { RunContext } from "@longhaul/core";
import type { CallTuning } from "@longhaul/core/parts";
import { abortOutput, type OpenOutputOptions, openOutput } from "../object/open-output.ts";
import type { ResumableOutput } from "../object/output.ts";
import { persistOutput } from "../object/output-mark.ts";
import type { OutputState } from "../object/output-state.ts";
import type { OutputTarget } from "../object/output-target.ts";
import type { BatchState, DiscardedOutputs, OutputName, ResultPlace, UploadIds } from "./batch-state.ts";
import { rejectsKey, resultKey } from "./result-key.ts";
import type { TransformSettings } from "./settings.ts";

/** The client and settings that results are written with. */
export interface ResultAccess {
  readonly client: S3Client;
  readonly settings: TransformSettings;
  /** Ends of results that were too small for a part, for the next hop of the same container. */
  readonly tails: NonNullable<OpenOutputOptions["warm"]>;
  /** Time and chance of calls. Default: the machine's. */
  readonly host?: CallTuning["host"];
}

type Writing = Pick<RunContext<object>, "run" | "budget">;

/** A result that came of a run. */
export interface ResultObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
}

/** The result object and the rejects object of a run, written over as many hops as it takes. */
export class Results {
  readonly #result: ResumableOutput;
  readonly #openRejects: (place?: ResultPlace) => Promise<ResumableOutput>;
  /** Opened with its first record, so no empty object is written. */
  #rejects: ResumableOutput | undefined;

  private constructor(result: ResumableOutput, openRejects: (place?: ResultPlace) => Promise<ResumableOutput>) {
    this.#result = result;
    this.#openRejects = openRejects;
  }

  /** Opens both where the state left them. */
  static async open(access: ResultAccess, context: Writing, state: BatchState): Promise<Results> {
    const { settings, tails } = access;
    const open = (of: OutputName, place: ResultPlace | undefined): Promise<ResumableOutput> =>
      openOutput({
        ...targetOf(access, context, state, of),
        attributes: { ContentType: "application/x-ndjson" },
        partBytes: settings.partBytes,
        warm: tails,
        isLatestState: context.run.isRecorded && !context.run.isRewindable,
        rewinds: context.run.rewinds,
        state: saved(place),
      });
    const results = new Results(await open("result", state.result), (place) => open("rejects", place));
    if (state.rejects) results.#rejects = await results.#openRejects(state.rejects);
    return results;
  }

  /** Appends lines of the result. */
  write(lines: Uint8Array): Promise<void> {
    return this.#result.write(lines);
  }

  /** Appends lines of the rejects. */
  async reject(lines: string): Promise<void> {
    this.#rejects ??= await this.#openRejects();
    await this.#rejects.write(lines);
  }

  /** Where both stand now; costs nothing. */
  mark(): Pick<BatchState, "result" | "rejects"> {
    return { result: this.#result.mark(), ...(this.#rejects && { rejects: this.#rejects.mark() }) };
  }

  /** Completes both objects. What was kept beside them stays until the end of the run is recorded. */
  async complete(): Promise<{ readonly result: ResultObject; readonly rejects?: ResultObject }> {
    const rejects = this.#rejects && summary(await this.#rejects.complete({ keepsTails: true }));
    // Last, so that a reader who waits for the result finds the rejects beside it.
    const result = summary(await this.#result.complete({ keepsTails: true }));
    return { result, ...(rejects && { rejects }) };
  }

  /** Deletes what was kept beside both, which no state needs any more. */
  async removeTails(): Promise<void> {
    await Promise.all([this.#result.removeTails(), this.#rejects?.removeTails()]);
  }

  /** Ids of the multipart uploads, of those that have begun. */
  get uploads(): UploadIds {
    return uploadsOf(this.#result.uploadId, this.#rejects?.uploadId);
  }

  /** Closes both; a later hop continues from the saved state. */
  async close(): Promise<void> {
    await Promise.all([this.#result.close(), this.#rejects?.close()]);
  }
}

/** Makes durable what was written up to a yielded state, and puts into the state where it is. */
export async function persistResults(state: BatchState, reason: "checkpoint" | "handoff"): Promise<BatchState> {
  const [result, rejects] = await Promise.all(
    [state.result, state.rejects].map((place) => place && persistOutput(place, reason)),
  );
  return { ...state, ...(result && { result }), ...(rejects && { rejects }) };
}

/** The outputs of a run that are to be deleted if it begins anew; `results` if they are open. */
export function discardedOf(state: BatchState, results: Results | undefined): DiscardedOutputs {
  const uploads = results?.uploads ?? uploadsOf(saved(state.result)?.uploadId, saved(state.rejects)?.uploadId);
  return { restarts: state.restarts ?? 0, uploads };
}

/** Deletes what is left of outputs that were given up. Idempotent. */
export async function discardOutputs(
  access: ResultAccess,
  context: Writing,
  state: BatchState,
  { restarts, uploads }: DiscardedOutputs,
  signal: AbortSignal,
): Promise<void> {
  // What a forged state calls given up although the run writes it is left alone.
  if (restarts >= (state.restarts ?? 0)) return;
  for (const output of ["result", "rejects"] as const) {
    // The hop need not own the run: nobody writes these outputs any more.
    const { fence: _, ...target } = targetOf(access, context, { ...state, restarts }, output);
    const uploadId = uploads[output];
    await abortOutput(target, uploadId === undefined ? undefined : { uploadId }, signal);
  }
}

/** Where an output goes. Outputs of a run that began anew are told apart from those it gave up. */
function targetOf(
  { client, settings, host }: ResultAccess,
  { run, budget }: Writing,
  { key, restarts = 0 }: BatchState,
  of: OutputName,
): OutputTarget {
  return {
    client,
    bucket: settings.outputBucket,
    key: of === "result" ? resultKey(settings, key) : rejectsKey(settings, key),
    run: restarts === 0 ? run.id : `${run.id}#${restarts}`,
    fence: run.fence,
    // A state is saved within the reserve; half of it is left for handing off.
    calls: { host, budgetMs: () => budget.remainingMs - budget.reserveMs / 2 },
  };
}

function uploadsOf(result: string | undefined, rejects: string | undefined): UploadIds {
  return { ...(result !== undefined && { result }), ...(rejects !== undefined && { rejects }) };
}

function summary({ bucket, key, bytes }: ResultObject): ResultObject {
  return { bucket, key, bytes };
}

/** A state that came in holds saved places only. */
function saved(place: ResultPlace | undefined): OutputState | undefined {
  return place !== undefined && "v" in place ? place : undefined;
}
