import { LonghaulError } from "../errors.ts";
import type { EndReason } from "../state/run-store.ts";
import type { Observer, RunEvent } from "./observer.ts";

/** Tells observers what happened, each in a copy of its own. Nothing that one does touches the run: nobody waits for it. */
export function notify(observers: readonly Observer[], event: RunEvent): void {
  for (const observer of observers) {
    try {
      const pending: unknown = observer.observe({ ...event, progress: { ...event.progress } });
      // A rejection that nobody handles would end the process.
      if (pending !== undefined) Promise.resolve(pending).catch(ignore);
    } catch {
      // An observer must not end a run.
    }
  }
}

function ignore(): void {}

/** The reason that a thrown value gives: by the code of an error of ours, else its name. */
export function reasonOfError(error: unknown): EndReason {
  const { code, name, message } = Object(error) as { code?: string; name?: string; message?: string };
  return {
    code: (error instanceof LonghaulError ? code : name) ?? "UNKNOWN",
    message: message ?? String(error),
    ...(error instanceof Error && { name: error.name }),
  };
}

/** The fields of an event for a thrown value: its reason, and its page if it is an error of ours. */
export function errorFields(error: unknown): Pick<EndReason, "code" | "message"> & { readonly helpUrl?: string } {
  const { code, message } = reasonOfError(error);
  return { code, message, ...(error instanceof LonghaulError && { helpUrl: error.helpUrl }) };
}
