import type { S3Client } from "@aws-sdk/client-s3";
import { type RunContext, TimeBudget } from "@longhaul/core";
import type { OnSaved, PersistState } from "@longhaul/core/parts";
import { TmpCache } from "../src/cache/tmp-cache.ts";
import { type BatchState, batchState, type EntryState } from "../src/transform/batch-state.ts";
import {
  beginning,
  type Container,
  makeContainer,
  processObject,
  type TransformSummary,
} from "../src/transform/process-object.ts";
import { type TransformSettings, transformSettings } from "../src/transform/settings.ts";
import type { Source } from "../src/transform/source.ts";

/** Settings from an environment, as the function has it. */
export function settingsOf(environment: Readonly<Record<string, string>>): TransformSettings {
  return transformSettings({ OUTPUT_BUCKET: "output", ...environment });
}

/** Calls to S3 may take as long, less the reserve. A busy machine needs seconds; in the budget of one, deletions failed. */
const REMAINING_MS = 60_000;

/** One hop of a run: what an engine does with `processObject`, with the number of its steps given. */
export class HandDrivenHop {
  readonly #work: AsyncGenerator<BatchState, TransformSummary, void>;
  readonly #controller = new AbortController();
  #persist: PersistState<BatchState> | undefined;
  #saved: OnSaved<BatchState> | undefined;
  #state: BatchState | undefined;
  isLive = true;

  constructor(
    container: Container,
    state: BatchState,
    run: string,
    isRecorded = false,
    history: { readonly rewinds: number } | undefined = undefined,
  ) {
    const hop = this;
    const context: RunContext<object, EntryState> = {
      run: {
        id: run,
        hop: 0,
        attempt: 1,
        isRecorded,
        isRewindable: history !== undefined,
        rewinds: history?.rewinds ?? 0,
        deaths: 0,
        startedAt: 0,
        fence: {
          get isLive() {
            return hop.isLive;
          },
          token: 1,
          assert() {
            if (!hop.isLive) throw new Error("fenced");
          },
        },
      },
      event: {},
      context: {
        awsRequestId: "",
        invokedFunctionArn: "",
        functionVersion: "1",
        memoryLimitInMB: 128,
        getRemainingTimeInMillis: () => REMAINING_MS,
      },
      budget: new TimeBudget({ remainingMs: () => REMAINING_MS }),
      signal: this.#controller.signal,
      progress() {},
      saveNext() {},
      onPersist: (persist) => {
        this.#persist = persist as unknown as PersistState<BatchState>;
      },
      onSaved: (saved) => {
        this.#saved = saved as unknown as OnSaved<BatchState>;
      },
    };
    this.#work = processObject(container, state, context);
  }

  /** Takes so many steps; answers with the summary if the run ends within them. */
  async steps(count: number): Promise<TransformSummary | undefined> {
    for (let i = 0; i < count; i++) {
      const { done, value } = await this.#work.next();
      if (done) {
        await this.#saved?.(undefined);
        return value;
      }
      this.#state = value;
    }
    return undefined;
  }

  /** Aborts the hop's signal, as the watchdog does. */
  abort(): void {
    this.#controller.abort(new Error("the hop's time is over"));
  }

  /** The state of the last safe point as it comes out of a record: durable, and checked. */
  async durableState(reason: "checkpoint" | "handoff"): Promise<BatchState> {
    if (!this.#state) throw new Error("The hop has reached no safe point.");
    const durable = this.#persist ? await this.#persist(this.#state, reason) : this.#state;
    const checked = await batchState["~standard"].validate(JSON.parse(JSON.stringify(durable)));
    if (checked.issues || typeof checked.value === "number") throw new Error(JSON.stringify(checked));
    return checked.value;
  }

  /** Saves the state of the last safe point, as a checkpoint does, and says so. */
  async checkpoint(save: (state: BatchState) => void): Promise<void> {
    const state = await this.durableState("checkpoint");
    save(state);
    await this.#saved?.(state);
  }

  /** Hands off: the state is saved, then the work is closed. */
  async handOff(): Promise<BatchState> {
    const state = await this.durableState("handoff");
    await this.#work.return(undefined as never);
    this.isLive = false;
    return state;
  }
}

/** A container with a `/tmp` of its own. */
export function containerAt(client: S3Client, settings: TransformSettings, directory: string): Container {
  return {
    ...makeContainer(client, settings, (record) => record),
    tmp: new TmpCache({ directory, maxBytes: settings.tmpMaxBytes }),
  };
}

/** Works an object off in hops of so many steps. */
export async function runInHops(
  nextContainer: () => Container,
  source: Source,
  { run = "run", stepsPerHop }: { readonly run?: string; readonly stepsPerHop: number },
): Promise<{ readonly summary: TransformSummary; readonly hops: number }> {
  let state = beginning(source);
  for (let hops = 1; ; hops++) {
    const hop = new HandDrivenHop(nextContainer(), state, run);
    const summary = await hop.steps(stepsPerHop);
    if (summary) return { summary, hops };
    state = await hop.handOff();
  }
}
