import type { S3Client } from "@aws-sdk/client-s3";
import { type PersistState, type RunContext, TimeBudget } from "@longhaul/core";
import { TmpCache } from "@longhaul/core/s3";
import { type BatchState, batchState } from "../src/batch-state.ts";
import { beginning, type Container, makeContainer, processObject, type Summary } from "../src/process-object.ts";
import { type Settings, settingsFrom } from "../src/settings.ts";
import type { Source } from "../src/source.ts";

/** Settings from an environment, as the function has it. */
export function settingsOf(environment: Readonly<Record<string, string>>): Settings {
  return settingsFrom({ OUTPUT_BUCKET: "output", ...environment });
}

/** One hop of a run: what an engine does with `processObject`, with the number of its steps given. */
export class HandDrivenHop {
  readonly #work: AsyncGenerator<BatchState, Summary, void>;
  readonly #controller = new AbortController();
  #persist: PersistState<BatchState> | undefined;
  #state: BatchState | undefined;
  isLive = true;

  constructor(container: Container, state: BatchState, run: string) {
    const hop = this;
    const context: RunContext<object> = {
      run: {
        id: run,
        hop: 0,
        attempt: 1,
        startedAt: 0,
        fence: {
          get isLive() {
            return hop.isLive;
          },
          hop: 0,
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
        getRemainingTimeInMillis: () => 1_000,
      },
      budget: new TimeBudget({ remainingMs: () => 1_000 }),
      signal: this.#controller.signal,
      progress() {},
      onPersist: (persist) => {
        this.#persist = persist as unknown as PersistState<BatchState>;
      },
    };
    this.#work = processObject(container, state, context);
  }

  /** Takes so many steps; answers with the summary if the run ends within them. */
  async steps(count: number): Promise<Summary | undefined> {
    for (let i = 0; i < count; i++) {
      const { done, value } = await this.#work.next();
      if (done) return value;
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
    const durable = await this.#persist?.(this.#state, reason);
    const checked = await batchState["~standard"].validate(JSON.parse(JSON.stringify(durable)));
    if (checked.issues || typeof checked.value === "number") throw new Error(JSON.stringify(checked));
    return checked.value;
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
export function containerAt(client: S3Client, settings: Settings, directory: string): Container {
  return { ...makeContainer(client, settings), tmp: new TmpCache({ directory, maxBytes: settings.tmpMaxBytes }) };
}

/** Works an object off in hops of so many steps. */
export async function runInHops(
  nextContainer: () => Container,
  source: Source,
  { run = "run", stepsPerHop }: { readonly run?: string; readonly stepsPerHop: number },
): Promise<{ readonly summary: Summary; readonly hops: number }> {
  let state = beginning(source);
  for (let hops = 1; ; hops++) {
    const hop = new HandDrivenHop(nextContainer(), state, run);
    const summary = await hop.steps(stepsPerHop);
    if (summary) return { summary, hops };
    state = await hop.handOff();
  }
}
