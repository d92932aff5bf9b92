import type { S3Client } from "@aws-sdk/client-s3";
import type { Fence } from "@longhaul/core";
import {
  abortOutput,
  type OutputState,
  type OutputTarget,
  openOutput,
  persistOutput,
  type ResumableOutput,
} from "@longhaul/core/s3";
import type { BatchState, OutputPlace } from "./batch-state.ts";
import { rejectsKey, resultKey } from "./result-key.ts";
import type { Settings } from "./settings.ts";

/** What the two objects of a run are written with. */
export interface ResultsRequest {
  readonly client: S3Client;
  readonly settings: Settings;
  readonly run: string;
  readonly fence: Fence;
  readonly state: BatchState;
}

/** A result that came of a run. */
export interface Result {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
}

/** The result object and the rejects object of a run, written over as many hops as it takes. */
export class Results {
  readonly #request: ResultsRequest;
  readonly #result: ResumableOutput;
  #rejects: ResumableOutput | undefined;

  private constructor(request: ResultsRequest, result: ResumableOutput, rejects: ResumableOutput | undefined) {
    this.#request = request;
    this.#result = result;
    this.#rejects = rejects;
  }

  /** Opens both where the state left them. */
  static async open(request: ResultsRequest): Promise<Results> {
    const { state, settings } = request;
    const result = await open(request, resultKey(settings, state.key), state.result);
    const rejects = state.rejects && (await open(request, rejectsKey(settings, state.key), state.rejects));
    return new Results(request, result, rejects);
  }

  /** Appends lines of the result. */
  async write(lines: string): Promise<void> {
    await this.#result.write(lines);
  }

  /** Appends lines of the rejects; the object exists only if there are any. */
  async reject(lines: string): Promise<void> {
    const { settings, state } = this.#request;
    this.#rejects ??= await open(this.#request, rejectsKey(settings, state.key), undefined);
    await this.#rejects.write(lines);
  }

  /** Where both stand now; costs nothing. */
  mark(): Pick<BatchState, "result" | "rejects"> {
    return { result: this.#result.mark(), ...(this.#rejects && { rejects: this.#rejects.mark() }) };
  }

  /** Completes both objects. */
  async complete(): Promise<{ readonly result: Result; readonly rejects?: Result }> {
    const { settings, state } = this.#request;
    const bucket = settings.outputBucket;
    const { bytes } = await this.#result.complete();
    const result = { bucket, key: resultKey(settings, state.key), bytes };
    if (!this.#rejects) return { result };
    const rejected = await this.#rejects.complete();
    return { result, rejects: { bucket, key: rejectsKey(settings, state.key), bytes: rejected.bytes } };
  }

  /** Closes both; a later hop goes on from what was saved. */
  async close(): Promise<void> {
    await this.#result.close();
    await this.#rejects?.close();
  }
}

/** Makes durable what was written up to a yielded state, and puts into the state where it is. */
export async function persistResults(state: BatchState, reason: "checkpoint" | "handoff"): Promise<BatchState> {
  const result = state.result && (await persistOutput(state.result, reason));
  const rejects = state.rejects && (await persistOutput(state.rejects, reason));
  return { ...state, ...(result && { result }), ...(rejects && { rejects }) };
}

/** Gives up what a run wrote so far, for a run that begins anew. */
export async function abortResults(request: ResultsRequest): Promise<void> {
  const { state, settings } = request;
  await abortOutput(target(request, resultKey(settings, state.key)), saved(state.result));
  if (state.rejects) await abortOutput(target(request, rejectsKey(settings, state.key)), saved(state.rejects));
}

function open(request: ResultsRequest, key: string, place: OutputPlace | undefined): Promise<ResumableOutput> {
  return openOutput({ ...target(request, key), state: saved(place) });
}

function target({ client, settings, run, fence }: ResultsRequest, key: string): OutputTarget {
  const { outputBucket: bucket } = settings;
  return { client, bucket, key, run, fence, attributes: { ContentType: "application/x-ndjson" } };
}

/** A state that came in holds saved places only. */
function saved(place: OutputPlace | undefined): OutputState | undefined {
  return place !== undefined && "v" in place ? place : undefined;
}
