import type { LambdaEvents } from "@longhaul/local";
import type { LambdaEventSource } from "../src/local/run-recorder.ts";

type Listeners = { [Name in keyof LambdaEvents]?: Set<(event: LambdaEvents[Name]) => void> };

/** Events of an embedded Lambda that a test makes up. */
export function createLambdaObserver(): LambdaEventSource & {
  emit<Name extends keyof LambdaEvents>(name: Name, event: LambdaEvents[Name]): void;
} {
  const listeners: Listeners = {};
  return {
    on(name, listener) {
      const known: Set<typeof listener> = listeners[name] ?? new Set();
      listeners[name] = known.add(listener) as never;
      return () => known.delete(listener);
    },
    emit(name, event) {
      for (const listener of listeners[name] ?? []) listener(event);
    },
  };
}
