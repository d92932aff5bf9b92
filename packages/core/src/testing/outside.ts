import { eventOfRecord } from "../recursion/event-of-record.ts";
import type { RunRecord, RunStore } from "../state/run-store.ts";
import { functionIn, type Platform } from "./platform.ts";
import type { Queue } from "./queue.ts";
import type { OutsideAsk } from "./trace.ts";
import { WORLD_BEGINS_MS, type World } from "./world.ts";

/** Something done to a run from outside while it is under way. */
export interface OutsideRequest {
  /**
   * `stop`, `pause`, `resume`, `rewind`: what an operator asks of a run; they need a store, `rewind` also the option `history`.
   * `delete`: the record vanishes, as if it
   * had expired or somebody had deleted it.
   *
   * The others are faults and changes at a moment. `kill`: the process of the running invocation dies. `freeze`: it stops
   * for {@link forMs}, with its clock running on. `duplicate`: the event delivered last is delivered once more. `lose`: the
   * next event that is sent is confirmed and never delivered. `deploy`: a new version of the function takes the events that
   * follow; see `version` of {@link SimulatedHost}.
   */
  readonly ask: OutsideAsk;
  /** When, in virtual milliseconds since the simulation began; of a range, a seeded moment. */
  readonly atMs: number | readonly [number, number];
  /** Which of the events given to the simulation. Default 0. */
  readonly job?: number;
  /** The hop that a `rewind` begins again at. Default: a seeded one of those that the record names. */
  readonly hop?: number;
  /** How long a `freeze` lasts, in milliseconds. Default 60,000. */
  readonly forMs?: number;
}

/** The services that requests from outside act on. */
interface Services {
  readonly store: RunStore | undefined;
  readonly queue: Queue;
  readonly platforms: ReadonlyMap<string, Platform>;
}

/** Makes the requests at their times; an operator sees errors and does not err, so there are no faults here. */
export function askFromOutside(world: World, services: Services, requests: readonly OutsideRequest[]): void {
  for (const request of requests) {
    const { ask, atMs, job = 0 } = request;
    const moment = typeof atMs === "number" ? atMs : world.random.between(atMs);
    world.timeline.await(WORLD_BEGINS_MS + moment - world.timeline.nowMs, async () => {
      world.lastFaultMs = Math.max(world.lastFaultMs, world.atMs);
      await act(world, services, request, job, (isTaken) => world.note({ job }, { type: "asked", ask, isTaken }));
    });
  }
}

/** Does what is asked. `note` is called when it is known whether that can be done, before its consequences. */
async function act(
  world: World,
  { store, queue, platforms }: Services,
  { ask, hop: toHop, forMs = 60_000 }: OutsideRequest,
  job: number,
  note: (isTaken: boolean) => void,
): Promise<void> {
  const all = [...platforms.values()];
  const run = world.runOfJob.get(job);
  const running = all.map((platform) => platform.runningOf(job)).find((invocation) => invocation !== undefined);
  switch (ask) {
    case "kill":
      note(running !== undefined);
      if (running) world.crash(running.container, running, "by hand");
      return;
    case "freeze": {
      const isTaken = running !== undefined && !running.container.isFrozen;
      note(isTaken);
      if (isTaken) world.stall(running.container, running, forMs);
      return;
    }
    case "duplicate":
      return note(all.some((platform) => platform.deliverAgain(job)));
    case "lose":
      world.losesNext.add(job);
      return note(true);
    case "deploy":
      for (const platform of all) platform.deploy();
      return note(true);
    case "delete":
      return note(run !== undefined && world.records.delete(run));
    case "stop":
    case "pause":
      return note(run !== undefined && store !== undefined && (await store.request(run, ask, world.timeline.nowMs)));
    case "resume": {
      const record = run === undefined ? undefined : await store?.resume(run, world.timeline.nowMs);
      note(record !== undefined);
      if (record) sendHop(world, queue, job, record);
      return;
    }
    case "rewind": {
      const record = run === undefined ? undefined : await rewound(world, store, { run, job, toHop });
      note(record !== undefined);
      if (record) sendHop(world, queue, job, record);
    }
  }
}

/** Rewinds a run, if its record names the hop. */
async function rewound(
  world: World,
  store: RunStore | undefined,
  { run, job, toHop }: { readonly run: string; readonly job: number; readonly toHop: number | undefined },
): Promise<RunRecord | undefined> {
  const hops = (await store?.get(run))?.history?.hops ?? [];
  const entry = toHop === undefined ? world.random.pick(hops) : hops.find(({ hop }) => hop === toHop);
  if (!entry || !store?.history) return undefined;
  const state = await store.history.read(run, entry);
  const isKept = entry.slot === undefined || state !== undefined;
  const request = { run, entry, state, nowMs: world.timeline.nowMs };
  const record = isKept ? await store.history.rewind(request) : undefined;
  if (record || !isKept) {
    world.note({ job }, { type: "rewound", run, toHop: entry.hop, isKept, state });
  }
  return record;
}

/** Sends the hop of a record. */
function sendHop(world: World, queue: Queue, job: number, record: RunRecord): void {
  const { payload } = eventOfRecord(record);
  const { hop, target } = record;
  queue.enqueue({ payload, ...functionIn(target), job, hop, requestId: world.id(), retry: 0 }, "outside");
}
