import type { RunStore } from "../state/run-store.ts";
import { sweep } from "../state/sweep.ts";
import type { Container } from "./container.ts";
import type { Queue } from "./queue.ts";
import { simulatedDriver } from "./simulated-driver.ts";
import { containerClock } from "./simulated-host.ts";
import { simulatedStore } from "./simulated-store.ts";
import type { World } from "./world.ts";

/** When the sweeper runs, and what it takes for stale. */
export interface SweeperOptions {
  /** Default 60,000. */
  readonly everyMs?: number;
  /** Default 60,000. */
  readonly olderThanMs?: number;
  /** The sweeper's own timeout, at which it is killed. Default 60,000. */
  readonly timeoutMs?: number;
}

/** Runs {@link sweep} on a schedule, each time on a host of its own. */
export class Sweeper {
  readonly #world: World;
  readonly #store: RunStore;
  readonly #queue: Queue;
  readonly #options: Required<SweeperOptions>;
  readonly #sweeping = new Set<Container>();

  constructor(world: World, store: RunStore, queue: Queue, options: SweeperOptions) {
    this.#world = world;
    this.#store = store;
    this.#queue = queue;
    this.#options = { everyMs: 60_000, olderThanMs: 60_000, timeoutMs: 60_000, ...options };
    this.#wait(world.random.between([0, this.#options.everyMs]));
  }

  get isBusy(): boolean {
    for (const container of this.#sweeping) if (!container.isGone) return true;
    return false;
  }

  #wait(delayMs: number): void {
    this.#world.timeline.schedule(delayMs, () => {
      this.#sweep();
      this.#wait(this.#options.everyMs);
    });
  }

  #sweep(): void {
    const world = this.#world;
    const { olderThanMs, timeoutMs } = this.#options;
    const container = world.newContainer();
    this.#sweeping.add(container);
    const deadlineMs = world.timeline.nowMs + timeoutMs;
    const kill = world.timeline.schedule(timeoutMs, () => container.die());
    sweep({
      store: simulatedStore(world, this.#store, container),
      driver: simulatedDriver(world, this.#queue, container, "sweeper"),
      olderThanMs,
      remainingMs: () => deadlineMs - world.timeline.nowMs,
      host: containerClock(world, container),
    })
      .then(
        (report) => world.note({}, { type: "swept", report }),
        // The next one tries again.
        () => world.note({}, { type: "swept", report: { due: 0, sent: 0, failed: 1, throttled: 0 } }),
      )
      .finally(() => {
        world.timeline.cancel(kill);
        this.#sweeping.delete(container);
      });
  }
}
