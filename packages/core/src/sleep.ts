/** Runs that sleep between two hops, for minutes or days. */

export { type Sleep, sleepFor, sleepUntil } from "./recursion/sleep.ts";
