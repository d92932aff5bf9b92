import type { TraceEvent } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { Player, type Simulator } from "./player.ts";
import { DEFAULTS } from "./settings.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

class Told implements Simulator {
  readonly asked: ToWorker[] = [];
  isEnded = false;
  #tell: (event: { readonly data: FromWorker }) => void = () => {};
  postMessage(message: ToWorker): void {
    this.asked.push(message);
  }
  addEventListener(_: "message", listener: (event: { readonly data: FromWorker }) => void): void {
    this.#tell = listener;
  }
  terminate(): void {
    this.isEnded = true;
  }
  until(atMs: number): void {
    const event: TraceEvent = { at: atMs, type: "sent", by: "cause", forHop: 0, deliveries: 1 };
    this.#tell({ data: { type: "events", events: [event] } });
  }
  end(endedAtMs: number): void {
    this.#tell({ data: { type: "end", end: { outcome: "done", endedAtMs } } });
  }
}

function player() {
  const simulators: Told[] = [];
  const start = () => {
    simulators.push(new Told());
    return simulators.at(-1)!;
  };
  return { player: new Player({ settings: DEFAULTS, asks: [], atMs: 0 }, start, () => {}), simulators };
}

describe("a player", () => {
  it("shows what is computed and waits for the rest", () => {
    const { player: it, simulators } = player();
    it.isPlaying = true;
    it.speed = 10;
    simulators[0]!.until(500);
    it.tick(16);
    expect(it.atMs).toBe(160);
    it.tick(100);
    expect(it.atMs).toBe(500);
    expect(it.isAtEnd).toBe(false);
    simulators[0]!.end(600);
    it.tick(100);
    expect(it.atMs).toBe(600);
    expect(it.isPlaying).toBe(false);
  });

  it("makes the simulation again when something is done, and forgets what was done later", () => {
    const { player: it, simulators } = player();
    simulators[0]!.until(1_000);
    it.seek(900);
    it.ask({ ask: "kill" });
    simulators[1]!.until(1_000);
    it.seek(400.2);
    it.ask({ ask: "deploy" });
    expect(it.asks).toEqual([{ ask: "deploy", atMs: 401 }]);
    expect(simulators[2]!.asked[0]!.asks).toEqual(it.asks);
    expect(simulators.map(({ isEnded }) => isEnded)).toEqual([true, true, false]);
  });

  it("shows what was until the new simulation has come to the moment", () => {
    const { player: it, simulators } = player();
    simulators[0]!.until(1_000);
    it.seek(900);
    const { play } = it;
    it.ask({ ask: "kill" });
    simulators[1]!.until(500);
    it.tick(1_000);
    expect(it.play).toBe(play);
    expect(it.atMs).toBe(900);
    simulators[1]!.until(950);
    expect(it.play).not.toBe(play);
    expect(it.isBehind).toBe(false);
  });

  it("stays within a run that ends before the moment of its link", () => {
    const { player: it, simulators } = player();
    it.load({ settings: DEFAULTS, asks: [], atMs: 10_000 });
    simulators[1]!.end(600);
    expect(it.atMs).toBe(600);
    expect(it.isAtEnd).toBe(true);
  });

  it("does not listen to a simulation that it gave up", () => {
    const { player: it, simulators } = player();
    it.load({ settings: DEFAULTS, asks: [], atMs: 0 });
    simulators[0]!.end(5_000);
    expect(it.play.end).toBeUndefined();
  });
});
