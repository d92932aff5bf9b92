import { LonghaulError } from "../errors.ts";
import { turn } from "./timeline.ts";
import type { UserCall } from "./user-calls.ts";
import { placeOf, type World } from "./world.ts";

/**
 * Real time that a wait gets of which nothing real shows, and that listens for its signal, in milliseconds. It may wait for
 * nothing but virtual time; or for a job of Node's thread pool, such as compression, which Node does not list.
 */
const LISTENING_MS = 200;
/** The same for a handler that was seen to wait for virtual time in such a way. */
const KNOWN_MS = 5;

/** Most real waits are over after some turns of the event loop, long before a timer would fire. */
const QUICK_TURNS = 50;

const waitsForVirtualTime = new WeakSet<object>();

// Taken at once: a test may replace the globals by fake ones later.
const { setTimeout, performance } = globalThis;

/** Polls of all simulations of this process that are under way; each is a timer that Node lists. */
let polls = 0;

/** The user's function waits for something that is not part of the simulation, and takes too long. */
function outsideError({ what, invocation }: UserCall, waitedMs: number, seen: readonly string[]): LonghaulError {
  const known = seen.length > 0 ? `: ${seen.map(nameOf).join(", ")}` : "";
  return new LonghaulError(
    "WAITS_OUTSIDE",
    `${what} (hop ${invocation.hop}) waits for something outside the simulation${known}. Virtual time stood still for ${Math.round(waitedMs)} ms of real time, and no more is waited. Wrap it in external() of @longhaul/core/testing, or let it wait by world.step() or world.sleep().`,
  );
}

/**
 * Stops virtual time while a user's function waits for something real, such as a file, a request or a timer: it is not the
 * handler's fault that no virtual time passes there.
 */
export class OutsideWaits {
  readonly #world: World;
  readonly #handler: object;
  readonly #limitMs: number;
  #spentMs = 0;
  /** Waits of Node when no user's function waited. */
  #quiet = realWaits();

  /**
   * @param handler - what is simulated; how it waits is remembered for the next seeds
   * @param limitMs - real time that all waits may take together
   */
  constructor(world: World, handler: object, limitMs: number) {
    this.#world = world;
    this.#limitMs = limitMs;
    this.#handler = handler;
    world.userCalls.onEndAfterAll = () => void waitsForVirtualTime.add(handler);
  }

  /** Resolves when no user's function waits outside; `undefined` if none does now. Rejects if it takes too long. */
  settled(): Promise<void> | undefined {
    if (this.#world.userCalls.firstWaitingOutside()) return this.#wait();
    this.#quiet = realWaits();
    return undefined;
  }

  async #wait(): Promise<void> {
    const beganMs = performance.now();
    const evidence = new Evidence(this.#quiet);
    for (let turns = 0; ; turns++) {
      await (turns < QUICK_TURNS ? turn() : poll());
      const call = this.#world.userCalls.firstWaitingOutside();
      const waitedMs = performance.now() - beganMs;
      if (!call) {
        this.#spentMs += waitedMs;
        return;
      }
      const seen = evidence.kinds();
      if (waitedMs < this.#patienceMs(call, seen.length > 0)) continue;
      this.#spentMs += waitedMs;
      if (seen.length > 0) throw outsideError(call, this.#spentMs, seen);
      call.isLeftAlone = true;
      this.#world.note(placeOf(call.invocation), { type: "waits", what: call.what });
      return;
    }
  }

  /** How much real time a wait may take. */
  #patienceMs(call: UserCall, isReal: boolean): number {
    const leftMs = Math.max(0, this.#limitMs - this.#spentMs);
    if (isReal) return leftMs;
    if (waitsForVirtualTime.has(this.#handler)) return Math.min(leftMs, KNOWN_MS);
    return isListening(call.invocation.signal) ? Math.min(leftMs, LISTENING_MS) : leftMs;
  }
}

async function poll(): Promise<void> {
  polls++;
  await new Promise((resolve) => setTimeout(resolve, 1));
  polls--;
}

/** Resources that keep Node's event loop alive, and how many of them are polls. */
function realWaits(): { readonly kinds: readonly string[]; readonly polls: number } {
  return { kinds: globalThis.process?.getActiveResourcesInfo?.() ?? [], polls };
}

type RealWaits = ReturnType<typeof realWaits>;

function countOf({ kinds, polls }: RealWaits, kind: string): number {
  return kinds.filter((each) => each === kind).length - (kind === "Timeout" ? polls : 0);
}

/** New waits of Node since the last look. */
class Evidence {
  readonly #before: RealWaits;
  readonly #seen = new Set<string>();

  constructor(before: RealWaits) {
    this.#before = before;
  }

  kinds(): string[] {
    const now = realWaits();
    for (const kind of new Set([...now.kinds, ...this.#seen])) {
      const count = countOf(now, kind);
      if (kind !== "Immediate" && count > countOf(this.#before, kind)) this.#seen.add(kind);
      // Fewer of it: what is still waited for may be among them, and what ended may be somebody else's.
      else if (count === 0) this.#seen.delete(kind);
    }
    return [...this.#seen];
  }
}

function isListening(signal: AbortSignal | undefined): boolean {
  const events = globalThis.process?.getBuiltinModule?.("node:events");
  return signal !== undefined && events !== undefined && events.getEventListeners(signal, "abort").length > 0;
}

function nameOf(kind: string): string {
  if (kind === "Timeout") return "a real timer";
  if (kind.startsWith("FSReq")) return "a file";
  if (/^(TCP|TLS|Connect|GetAddrInfo|Pipe|Shutdown|Write|UDP)/.test(kind)) return "the network";
  return kind;
}
