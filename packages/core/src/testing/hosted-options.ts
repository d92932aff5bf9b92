import { type AnyOptions, optionsOf } from "../handler-options.ts";
import type { Host } from "../host.ts";
import type { RecursiveOptions } from "../options.ts";
import type { HandOffDriver } from "../recursion/driver.ts";
import { unchecked } from "../recursive.ts";
import type { StandardSchema } from "../state/codec.ts";
import type { RunStore } from "../state/run-store.ts";
import type { SimulatedHandler } from "./container.ts";
import { type StepTime, watchedWork } from "./watched-work.ts";
import type { World } from "./world.ts";

/** Services of a container for a handler that was made elsewhere. */
export interface ContainerServices {
  readonly host: Host;
  readonly store: RunStore | undefined;
  /** The channel of hand-offs, taking so many bytes. */
  readonly driver: (maxBytes: number | undefined) => HandOffDriver;
}

/**
 * The options with everything of the simulation around the user's functions: what they wait for outside is waited for, and
 * their steps and states are seen.
 */
export function watchedOptions<Event extends object, State, Result>(
  world: World,
  options: RecursiveOptions<Event, State, Result>,
  stepTime: StepTime | undefined,
): RecursiveOptions<Event, State, Result> {
  const { schema, migrate, spill, seal } = options.state ?? {};
  const { isKilled } = options.guards ?? {};
  const watched = <Args extends unknown[], Answer>(what: string, call: (...args: Args) => Answer) => {
    return (...args: Args) => world.callUser(what, () => call(...args));
  };
  return {
    ...options,
    start: watched("start()", options.start),
    run: watchedWork(world, options.run, stepTime),
    ...(options.onEnd && { onEnd: watched("onEnd()", options.onEnd) }),
    state: {
      ...options.state,
      ...(schema && { schema: watchedSchema(world, schema) }),
      ...(migrate && { migrate: watched("migrate()", migrate) }),
      ...(spill && {
        spill: { ...spill, put: watched("spill.put()", spill.put), get: watched("spill.get()", spill.get) },
      }),
      ...(seal && {
        seal: { ...seal, seal: watched("seal.seal()", seal.seal), open: watched("seal.open()", seal.open) },
      }),
    },
    guards: { ...options.guards, ...(isKilled && { isKilled: watched("isKilled()", isKilled) }) },
  };
}

function watchedSchema<State>(world: World, schema: StandardSchema<State>): StandardSchema<State> {
  const standard = schema["~standard"];
  const { version, vendor } = standard;
  const validate = (value: unknown) => world.callUser("The schema", () => standard.validate(value));
  return { "~standard": { version, vendor, validate } };
}

/**
 * Puts a handler that `recursive()` made for Lambda into a container of the simulation: with its clock, and with its
 * driver and store in place of those it would use. A handler that was made for the container is left as it is.
 */
export function hosted(
  world: World,
  handler: SimulatedHandler,
  services: ContainerServices,
  options: { readonly stepTime: StepTime; readonly usesStore: boolean | undefined },
): SimulatedHandler {
  const made: AnyOptions | undefined = optionsOf(handler);
  if (!made || made.advanced?.host === services.host) return handler;
  const { driver, store } = made;
  const { usesStore = store !== undefined } = options;
  world.hasStore = usesStore && services.store !== undefined;
  return unchecked({
    ...watchedOptions(world, made, options.stepTime),
    advanced: { ...made.advanced, host: services.host },
    driver: driver?.returnsContinuation ? driver : services.driver(driver?.maxBytes),
    store: usesStore ? services.store : undefined,
  });
}
