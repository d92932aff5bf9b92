import type { StopReason } from "../recursion/guards.ts";
import type { RunRequest } from "./run-store.ts";

/** A request to a run, as a reason to end it. */
export function reasonOf(requested: RunRequest): StopReason;
export function reasonOf(requested: RunRequest | undefined): StopReason | undefined;
export function reasonOf(requested: RunRequest | undefined): StopReason | undefined {
  if (requested === "stop") return { code: "STOP_REQUESTED", message: "A stop was requested." };
  if (requested === "pause") return { code: "PAUSE_REQUESTED", message: "A pause was requested." };
  return undefined;
}
