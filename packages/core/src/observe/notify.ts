import { LonghaulError } from "../errors.ts";
import type { Observer, RunEvent } from "./observer.ts";

/** Tells observers what happened. One that throws does not end a run. */
export function notify(observers: readonly Observer[], event: RunEvent): void {
  for (const observer of observers) {
    try {
      observer.observe(event);
    } catch {
      // An observer must not end a run.
    }
  }
}

/** What an `error` event says of what was thrown: the code of an error of ours, else its name. */
export function errorFields(error: unknown): { readonly code: string; readonly message: string } {
  const { code, name, message } = Object(error) as { code?: string; name?: string; message?: string };
  return {
    code: (error instanceof LonghaulError ? code : name) ?? "UNKNOWN",
    message: message ?? String(error),
  };
}
