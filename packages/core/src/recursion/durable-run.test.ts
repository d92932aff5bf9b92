import { describe, expect, it } from "vitest";
import { invocation, manualHost } from "../../test/manual-host.ts";
import { ConfigError, type RecursiveOptions, recursive } from "../index.ts";
import { sleepFor } from "../sleep.ts";
import { type DurableRunContext, durableRun } from "./durable-run.ts";

type Options = RecursiveOptions<{ readonly upTo: number }, number, string>;

const ARN = "arn:aws:lambda:eu-central-1:000000000000:function:work:1/durable-execution/import-7/1";

/** Ends an invocation, as a wait does. */
const SUSPENDED = new Error("suspended");

/** An execution that replays: results of steps and waits are kept as JSON, by name. */
function execution(options: Partial<Options> = {}) {
  const host = manualHost();
  const kept = new Map<string, string>();
  const waits: number[] = [];
  const ids = new Set<string>();
  let requests = 0;
  const handler = recursive<{ readonly upTo: number }, number, string>({
    advanced: { host },
    start: () => 0,
    async *run(position, { event, run }) {
      ids.add(run.id);
      for (let at = position; at < event.upTo; at++) yield sleepFor(3_600_500, at + 1);
      return "all of it";
    },
    ...options,
  });
  const invoke = (event: { readonly upTo: number }) => {
    const lambdaContext = { ...invocation(host, 10_000), awsRequestId: `request-${requests++}` };
    const context: DurableRunContext = {
      lambdaContext,
      executionContext: { durableExecutionArn: ARN },
      async step(name, work) {
        const before = kept.get(name);
        if (before !== undefined) return JSON.parse(before);
        const output = await work();
        kept.set(name, JSON.stringify(output));
        return output;
      },
      async wait(name, { seconds }) {
        if (kept.has(name)) return;
        kept.set(name, "");
        waits.push(seconds);
        host.advance(seconds * 1_000);
        throw SUSPENDED;
      },
    };
    return host.until(durableRun(context, handler, event));
  };
  /** Invokes until the execution has ended. */
  const run = async (event: { readonly upTo: number }): Promise<string> => {
    for (;;) {
      try {
        return await invoke(event);
      } catch (error) {
        if (error !== SUSPENDED) throw error;
      }
    }
  };
  return { run, invoke, waits, ids, kept };
}

describe("a run inside a durable execution", () => {
  it("sleeps by a wait, rounded up to whole seconds", async () => {
    const { run, waits } = execution();
    expect(await run({ upTo: 2 })).toBe("all of it");
    expect(waits).toEqual([3_601, 3_601]);
  });

  it("is named for the execution, whichever invocation begins it", async () => {
    let isFirst = true;
    const runs: string[] = [];
    const { invoke, run } = execution({
      async *run(at, { run: { id } }) {
        yield at;
        runs.push(id);
        if (isFirst) {
          isFirst = false;
          throw new Error("boom");
        }
        return "all of it";
      },
    });
    await expect(invoke({ upTo: 1 })).rejects.toThrow("boom");
    expect(await run({ upTo: 1 })).toBe("all of it");
    expect(new Set(runs)).toEqual(new Set([expect.stringContaining(`durable:${ARN}`)]));
    expect(runs).toHaveLength(2);
  });

  it("that a guard stops ends the execution with its reason", async () => {
    const { run } = execution({ guards: { maxHops: 2 } });
    await expect(run({ upTo: 9 })).rejects.toMatchObject({ code: "MAX_HOPS" });
  });

  it("keeps the event of the next hop, not more, in the result of a step", async () => {
    const { run, kept } = execution();
    await run({ upTo: 1 });
    const [first] = kept.values();
    expect(JSON.parse(first ?? "")).toMatchObject({ outcome: { continuation: { upTo: 1, longhaul: { hop: 1 } } } });
  });
});

it("only a handler of recursive() can be run", async () => {
  const { run } = execution();
  await run({ upTo: 0 });
  const context = {} as DurableRunContext;
  const other = (async () => ({})) as never;
  await expect(durableRun(context, other, {})).rejects.toBeInstanceOf(ConfigError);
});
