import type { Container } from "./container.ts";
import { placeOf, type World } from "./world.ts";

/** The fate of a call over the network, decided when it is made. */
export interface CallFate {
  /** Name of the fault, for the trace; `undefined` if all goes well. */
  readonly fault?: Parameters<World["fault"]>[1] | undefined;
  /** Whether the far side does what is asked. */
  readonly isDone: boolean;
  /** The error that the caller sees instead of the answer. */
  readonly error?: Error | undefined;
  /** One way, in milliseconds. */
  readonly wayMs: number;
  /** How long after the caller gave up the far side does it after all. */
  readonly lateMs?: number;
  /** Whether no answer ever comes, not even an error. */
  readonly isSilent?: boolean;
}

/**
 * A call out of a container. Once made, the far side acts whatever becomes of the caller; the answer reaches the caller
 * only if it still lives, and not while it is frozen. The process may die just before the call and just after the answer.
 * A caller that gives up aborts the signal; what it asked for is done all the same.
 */
export function remoteCall<Answer>(
  world: World,
  container: Container,
  name: string,
  fate: CallFate,
  act: () => Answer | Promise<Answer>,
  signal?: AbortSignal,
): Promise<Answer> {
  const { timeline } = world;
  const invocation = world.invocation;
  const resume = world.waits();
  return new Promise((resolve, reject) => {
    if (world.isDeadAt(container, invocation, `before ${name}`)) return;
    if (fate.fault) world.fault({ ...placeOf(invocation), container: container.id }, fate.fault, name);
    const giveUp = () => {
      world.note({ ...placeOf(invocation), container: container.id }, { type: "fault", kind: "givenUp", detail: name });
      resume(() => reject(signal?.reason));
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    const deliver = (error: Error | undefined, answer: Answer | undefined) => {
      if (signal?.aborted || fate.isSilent) return;
      signal?.removeEventListener("abort", giveUp);
      if (world.isDeadAt(container, invocation, `after ${name}`)) return;
      resume(() => (error ? reject(error) : resolve(answer as Answer)));
    };
    if (fate.lateMs !== undefined) {
      timeline.schedule(2 * fate.wayMs, () => deliver(fate.error, undefined), container);
      timeline.await(2 * fate.wayMs + fate.lateMs, async () => {
        try {
          await act();
        } catch {
          // Nobody waits for this answer.
        }
      });
      return;
    }
    timeline.await(fate.wayMs, async () => {
      let answer: Answer | undefined;
      let { error } = fate;
      try {
        // A double may do something real: virtual time waits for it.
        if (fate.isDone) answer = await timeline.hold(Promise.resolve(act()));
      } catch (thrown) {
        error = thrown as Error;
      }
      timeline.schedule(fate.wayMs, () => deliver(error, answer), container);
    });
  });
}
