import type { Container } from "./container.ts";
import { callerNow, type World } from "./world.ts";

/**
 * Declares something real that code under `simulate()` waits for, such as a request to a service: virtual time stops until
 * it settles, and the process may die just after. Outside a simulation it answers with the promise as it is. Short waits
 * need no declaration; undeclared ones may take 4 s of real time in one simulation.
 *
 * @example
 * ```ts
 * const send = client.send.bind(client);
 * client.send = (command) => external(send(command));
 * ```
 */
export function external<Value>(pending: Promise<Value>): Promise<Value> {
  const caller = callerNow();
  return caller ? externalTo(caller.world, caller.invocation.container, pending) : pending;
}

/** {@link external} for code in a container. */
export function externalTo<Value>(world: World, container: Container, pending: Promise<Value>): Promise<Value> {
  const { invocation } = world;
  const resume = world.waits();
  return new Promise((resolve, reject) => {
    const settle = (answer: () => void) => {
      if (!world.isDeadAt(container, invocation, "after something external")) resume(answer);
    };
    world.timeline.hold(pending).then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
