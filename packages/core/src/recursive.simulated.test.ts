import { describe, expect, it } from "vitest";
import { callerDriver } from "./index.ts";
import { noStepTheBudgetCouldNotHold } from "./testing/work-checks.ts";
import {
  formatTrace,
  runChecks,
  type SimulatedHandler,
  type SimulatedHost,
  type SimulateOptions,
  simulate,
  standardChecks,
} from "./testing.ts";

/** Each found by the simulation; kept here in its smallest form. */
describe("recursive(), as the simulation found it wanting", () => {
  const counter =
    (stepMs: number, driver?: "caller", startMs = 0) =>
    (world: SimulatedHost): SimulatedHandler =>
      world.recursive<object, number>({
        ...(driver && { driver: callerDriver() }),
        runId: () => "one",
        async start() {
          if (startMs > 0) await world.sleep(startMs);
          return 0;
        },
        async *run(position, { signal }) {
          for (let at = position; at < 12; at++) {
            await world.step(stepMs, { signal });
            yield at + 1;
          }
        },
      });
  const calm: Pick<SimulateOptions, "seed" | "faults" | "timeoutMs"> = { seed: 1, faults: "calm", timeoutMs: 20_000 };

  it("begins no step after a checkpoint so slow that the time left cannot hold one", async () => {
    const latencies = { store: [1_400, 1_400] } as const;
    const result = await simulate({ ...calm, handler: counter(2_600), latencies });
    expect(result.outcome).toBe("done");
    runChecks(result, [noStepTheBudgetCouldNotHold]);
  });

  it("runs no step once its time is over, where the platform does not kill: the lease is over too", async () => {
    const handler = counter(1_000, undefined, 8_000);
    const result = await simulate({ ...calm, handler, timeoutMs: 6_000, platformKills: false });
    const late = result.trace.filter((event) => event.type === "step" && event.remainingMs <= 0);
    expect(formatTrace(late)).toBe("");
    expect(formatTrace(result.trace)).toContain("HopEndingError");
  });

  it("answers a caller that asks again for a hop already handed off with the continuation", async () => {
    for (let point = 1; point <= 30; point++) {
      const crashAt = [{ hop: 0, await: point }];
      const result = await simulate({ ...calm, handler: counter(2_600, "caller"), trigger: "caller", crashAt });
      runChecks(result, standardChecks);
      expect(result.outcome, `crash at await ${point}`).toBe("done");
    }
  });

  it("keeps what a checkpoint counted when a later state cannot be made durable", async () => {
    const handler = (world: SimulatedHost): SimulatedHandler => {
      let isFull = false;
      return world.recursive<object, number>({
        runId: () => "one",
        start: () => 0,
        async *run(position, { run, onPersist }) {
          onPersist((state) => {
            if (isFull) throw new Error("nowhere to put it");
            return state;
          });
          for (let at = position; at < 6; at++) {
            await world.step(3_000);
            isFull = run.attempt === 1 && at === 3;
            if (isFull) throw new Error("the step failed");
            yield at + 1;
          }
        },
      });
    };
    const result = await simulate({ ...calm, handler, timeoutMs: 60_000 });
    runChecks(result, standardChecks);
    const release = result.trace.find((event) => event.type === "write" && event.op === "release");
    expect(release).toMatchObject({ attempt: 1, recordSteps: 2, state: '{"value":2}' });
    expect(result.outcome).toBe("done");
  });
});
