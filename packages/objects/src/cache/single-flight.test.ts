import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { SingleFlight } from "./single-flight.ts";

describe("callers that want the same thing share one piece of work", () => {
  it("runs it once while it is under way, and anew after that", async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const work = async (): Promise<number> => ++runs;
    expect(await Promise.all([flights.run("a", work), flights.run("a", work), flights.run("b", work)])).toEqual([
      1, 1, 2,
    ]);
    expect(await flights.run("a", work)).toBe(3);
  });

  it("gives all of them its failure, and forgets it", async () => {
    const flights = new SingleFlight<number>();
    const fail = () => Promise.reject(new Error("no"));
    const answers = await Promise.allSettled([flights.run("a", fail), flights.run("a", fail)]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await flights.run("a", async () => 1)).toBe(1);
  });

  it("goes on for the others when one is aborted", async () => {
    const flights = new SingleFlight<number>();
    const first = new AbortController();
    let finish = (_: number): void => {};
    let workSignal: AbortSignal | undefined;
    const work = (signal: AbortSignal): Promise<number> => {
      workSignal = signal;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const a = flights.run("a", work, first.signal);
    const b = flights.run("a", work);
    first.abort(new Error("hop ends"));
    await expect(a).rejects.toThrow("hop ends");
    expect(workSignal?.aborted).toBe(false);
    finish(7);
    expect(await b).toBe(7);
  });

  it("is aborted when the last of them is, and starts anew for the next", async () => {
    const flights = new SingleFlight<number>();
    const controllers = [new AbortController(), new AbortController()];
    let workSignal: AbortSignal | undefined;
    const work = (signal: AbortSignal): Promise<number> => {
      workSignal = signal;
      return new Promise(() => {});
    };
    const waits = controllers.map(({ signal }) => flights.run("a", work, signal));
    for (const controller of controllers) controller.abort(new Error("over"));
    expect((await Promise.allSettled(waits)).every(({ status }) => status === "rejected")).toBe(true);
    expect(workSignal?.aborted).toBe(true);
    expect(await flights.run("a", async () => 1)).toBe(1);
  });

  it("does not begin for a caller that is aborted already", async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    await expect(flights.run("a", async () => ++runs, AbortSignal.abort(new Error("late")))).rejects.toThrow("late");
    expect(runs).toBe(0);
  });
});

it("whoever waited leaves no listener behind at the signal", async () => {
  const flights = new SingleFlight<number>();
  const { signal } = new AbortController();
  await flights.run("a", async () => 1, signal);
  await flights.run("a", () => Promise.reject(new Error("no")), signal).catch(() => {});
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
