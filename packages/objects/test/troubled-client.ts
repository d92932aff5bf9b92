import { type SimulatedHost, WORLD_BEGINS_MS } from "@longhaul/core/testing";
import { type Faults, s3Error } from "./faulty-s3.ts";

/** How requests fail: the service is asked too fast, the connection breaks, or no answer comes. */
export type Way = "throttle" | "reset" | "silence";

/** Trouble of one service that lasts. */
export interface Trouble {
  readonly way: Way;
  /** Share of its requests that fail. */
  readonly share: number;
  /** How long, in milliseconds of virtual time. */
  readonly lastsMs: number;
  /** Names of the requests that failed; `body` where it was in the middle of one. */
  readonly struck: Set<string>;
  /** The error of a service that is asked too fast. Default: S3's SlowDown. */
  readonly throttled?: () => Error;
}

interface Client {
  readonly send: (command: object, options?: { readonly abortSignal?: AbortSignal }) => Promise<unknown>;
}

/** A client over the simulated network, with its trouble; half of what breaks or is silent took effect. */
export function troubledClient<Sdk extends { send: unknown }>(
  world: SimulatedHost,
  client: Sdk,
  trouble: Trouble,
): Sdk {
  const { way, struck, throttled = () => s3Error("SlowDown", 503) } = trouble;
  const strikes = striker(world, trouble);
  const fail = (signal: AbortSignal | undefined): Promise<never> => {
    if (way === "throttle") return Promise.reject(throttled());
    if (way === "reset") return Promise.reject(socketHangUp());
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  };
  const send: Client["send"] = async (command, { abortSignal: signal } = {}) => {
    const name = command.constructor.name.replace("Command", "");
    const isStruck = strikes();
    if (isStruck) struck.add(name);
    if (isStruck && (way === "throttle" || world.random.chance(0.5))) return fail(signal);
    const call = () => (client as unknown as Client).send(command);
    const answer = await world.call(name, call, signal ? { signal } : {});
    return isStruck ? fail(signal) : answer;
  };
  return { send } as unknown as Sdk;
}

/** The same trouble for the bodies that a double of S3 gives out. */
export function troubledBodies(world: SimulatedHost, trouble: Trouble): NonNullable<Faults["bodyBreak"]> {
  const strikes = striker(world, trouble);
  return (_, bytes) => {
    if (!strikes()) return undefined;
    trouble.struck.add("body");
    const error = trouble.way === "silence" ? "stall" : socketHangUp();
    return { bytes: bytes.subarray(0, Math.floor(world.random.next() * bytes.length)), error };
  };
}

function striker(world: SimulatedHost, { share, lastsMs }: Trouble): () => boolean {
  return () => world.host.now() - WORLD_BEGINS_MS < lastsMs && world.random.chance(share);
}

function socketHangUp(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}
