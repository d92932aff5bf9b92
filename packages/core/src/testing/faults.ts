import { ConfigError } from "../errors.ts";

/** How often what goes wrong: probabilities from 0 to 1, each per occasion. */
export interface Faults {
  /** The process dies, at each await that goes through the world: steps, effects, the store, the driver. */
  readonly crash: number;
  /** A store operation fails and nothing was written. */
  readonly storeFailsBefore: number;
  /** A store operation was done, and its answer is lost: the caller sees a failure. */
  readonly storeFailsAfter: number;
  /** A store operation is done only after its caller gave up on it: it lands between the caller's later ones. */
  readonly storeLate: number;
  /** A store operation is refused with a throttling error. */
  readonly storeThrottled: number;
  /** A store operation takes seconds. */
  readonly storeSlow: number;
  /** A store operation is never answered; it was done or not. */
  readonly storeHangs: number;
  /** A send is refused with a throttling error. */
  readonly sendThrottled: number;
  /** An event was taken, and the confirmation is lost: the sender sees a failure. */
  readonly sendFailsAfter: number;
  /** A send takes seconds. */
  readonly sendSlow: number;
  /** A send is never answered; the event was taken or not. */
  readonly sendHangs: number;
  /** An event is confirmed and never delivered. */
  readonly handOffLost: number;
  /** An event is delivered twice; the second time at once, or up to minutes later. */
  readonly duplicated: number;
  /** An event waits for up to minutes in the platform's queue. */
  readonly delayed: number;
  /** An invocation is throttled: the event waits in the queue and is tried again. */
  readonly throttled: number;
  /** An invocation gets a new container although a warm one is free. */
  readonly coldStart: number;
  /** A step takes longer than the invocation and ignores its signal. */
  readonly stuckStep: number;
  /** An external effect or call fails; it may have happened or not. */
  readonly effectFails: number;
  /** An external effect or call is never answered; it may have happened or not. */
  readonly effectHangs: number;
  /**
   * The clock of a host jumps, forward or back, within what the clocks of two hosts may differ; at each await that goes
   * through the world.
   */
  readonly clockJumps: number;
  /**
   * A process stops for seconds to minutes without dying, with its clock running on; at each await that goes through
   * the world. For platforms that give a container one invocation at a time.
   */
  readonly stalls: number;
}

/** Nothing goes wrong; containers are sometimes new. */
const CALM: Faults = {
  crash: 0,
  storeFailsBefore: 0,
  storeFailsAfter: 0,
  storeLate: 0,
  storeThrottled: 0,
  storeSlow: 0,
  storeHangs: 0,
  sendThrottled: 0,
  sendFailsAfter: 0,
  sendSlow: 0,
  sendHangs: 0,
  handOffLost: 0,
  duplicated: 0,
  delayed: 0,
  throttled: 0,
  coldStart: 0.1,
  stuckStep: 0,
  effectFails: 0,
  effectHangs: 0,
  clockJumps: 0,
  stalls: 0,
};

/** Everything goes wrong, far more often than it does; except late writes, which may take a checkpoint back, and what a simulation asks for by name. */
export const CHAOS: Faults = {
  crash: 0.004,
  storeFailsBefore: 0.02,
  storeFailsAfter: 0.02,
  storeLate: 0,
  storeThrottled: 0.02,
  storeSlow: 0.02,
  storeHangs: 0.01,
  sendThrottled: 0.05,
  sendFailsAfter: 0.04,
  sendSlow: 0.03,
  sendHangs: 0.02,
  handOffLost: 0.04,
  duplicated: 0.08,
  delayed: 0.05,
  throttled: 0.03,
  coldStart: 0.3,
  stuckStep: 0.01,
  effectFails: 0.005,
  effectHangs: 0.001,
  clockJumps: 0,
  stalls: 0,
};

/** A crash at one exact point, for going through all of them. */
export interface ScriptedCrash {
  /** Number of the hop, as its event says. */
  readonly hop: number;
  /** Which of its awaits that go through the world, from 1. */
  readonly await: number;
}

/** Faults of a simulation: a profile, or the rates that differ from calm. */
export type FaultsOption = "calm" | "chaos" | (Partial<Faults> & { readonly from?: "calm" | "chaos" });

/** @throws {@link ConfigError} for a name that is no fault, or a rate that is no probability. */
export function resolveFaults(option: FaultsOption): Faults {
  if (option === "calm") return CALM;
  if (option === "chaos") return CHAOS;
  const { from = "calm", ...rates } = option;
  for (const [name, rate] of Object.entries(rates)) {
    if (!(name in CALM)) throw new ConfigError(`There is no fault "${name}".`);
    if (!(rate >= 0 && rate <= 1)) throw new ConfigError(`faults.${name} must be from 0 to 1, not ${rate}.`);
  }
  return { ...(from === "chaos" ? CHAOS : CALM), ...rates };
}

/** How long things take, in milliseconds, as [least, most]. */
export interface Latencies {
  /** One way of a store operation. */
  readonly store: readonly [number, number];
  /** One way of a send. */
  readonly send: readonly [number, number];
  /** One way of an external effect. */
  readonly effect: readonly [number, number];
  /** From the platform's confirmation to the invocation. */
  readonly queue: readonly [number, number];
  /** Start of a new container. */
  readonly coldStart: readonly [number, number];
  /** One way, when it is slow. */
  readonly slow: readonly [number, number];
  /** How long a process stalls. */
  readonly stall: readonly [number, number];
  /** The wait of a late duplicate or a delayed event. */
  readonly late: readonly [number, number];
}

/** Latencies as they are within a region. */
export const USUAL_LATENCIES: Latencies = {
  store: [1, 8],
  send: [3, 20],
  effect: [0, 4],
  queue: [5, 60],
  coldStart: [80, 400],
  slow: [500, 8_000],
  stall: [2_000, 120_000],
  late: [500, 120_000],
};
