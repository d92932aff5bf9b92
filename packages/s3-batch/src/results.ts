import type { S3Client } from "@aws-sdk/client-s3";
import type { RunContext } from "@longhaul/core";
import {
  type OpenOutputOptions,
  type OutputState,
  openOutput,
  persistOutput,
  type ResumableOutput,
} from "@longhaul/core/s3";
import type { BatchState, OutputPlace } from "./batch-state.ts";
import { rejectsKey, resultKey } from "./result-key.ts";
import type { Settings } from "./settings.ts";

/** What results are written with. */
export interface ResultAccess {
  readonly client: S3Client;
  readonly settings: Settings;
  /** Ends of results that were too small for a part, for the next hop of the same container. */
  readonly tails: NonNullable<OpenOutputOptions["warm"]>;
}

/** A result that came of a run. */
export interface Result {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
}

/** The result object and the rejects object of a run, written over as many hops as it takes. */
export class Results {
  readonly #result: ResumableOutput;
  readonly #openRejects: (place?: OutputPlace) => Promise<ResumableOutput>;
  /** Opened with its first record, so that there is no such object without any. */
  #rejects: ResumableOutput | undefined;

  private constructor(result: ResumableOutput, openRejects: (place?: OutputPlace) => Promise<ResumableOutput>) {
    this.#result = result;
    this.#openRejects = openRejects;
  }

  /** Opens both where the state left them. */
  static async open(access: ResultAccess, run: RunContext<object>["run"], state: BatchState): Promise<Results> {
    const { client, settings, tails } = access;
    const open = (key: string, place: OutputPlace | undefined): Promise<ResumableOutput> =>
      openOutput({
        client,
        bucket: settings.outputBucket,
        key,
        run: run.id,
        fence: run.fence,
        attributes: { ContentType: "application/x-ndjson" },
        partBytes: settings.partBytes,
        warm: tails,
        isLatestState: settings.runTable !== undefined,
        state: saved(place),
      });
    const results = new Results(await open(resultKey(settings, state.key), state.result), (place) =>
      open(rejectsKey(settings, state.key), place),
    );
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

  /** Completes both objects. */
  async complete(): Promise<{ readonly result: Result; readonly rejects?: Result }> {
    const rejects = this.#rejects && summary(await this.#rejects.complete());
    // Last, so that whoever waits for the result finds the rejects beside it.
    const result = summary(await this.#result.complete());
    return { result, ...(rejects && { rejects }) };
  }

  /** Gives up what was written so far, for a run that begins anew. */
  async abort(): Promise<void> {
    await this.#result.abort();
    await this.#rejects?.abort();
  }

  /** Closes both; a later hop goes on from what was saved. */
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

function summary({ bucket, key, bytes }: Result): Result {
  return { bucket, key, bytes };
}

/** A state that came in holds saved places only. */
function saved(place: OutputPlace | undefined): OutputState | undefined {
  return place !== undefined && "v" in place ? place : undefined;
}
