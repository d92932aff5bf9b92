import type { CallFate } from "./remote-call.ts";
import type { World } from "./world.ts";

/** The fate of a call to a service that is not the engine's. */
export function effectFate(world: World): CallFate {
  const wayMs = world.random.between(world.parts.latencies.effect);
  if (world.strikes("effectFails")) {
    const isDone = world.coin();
    return { fault: "effectFails", isDone, error: new Error("the effect failed"), wayMs };
  }
  if (world.strikes("effectHangs")) {
    return { fault: "effectHangs", isDone: world.coin(), isSilent: true, wayMs };
  }
  return { isDone: true, wayMs };
}
