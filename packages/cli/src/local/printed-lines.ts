import { runEventOf } from "@longhaul/local/testing";
import type { Screen } from "../terminal.ts";
import type { LambdaEventSource } from "./run-recorder.ts";

/**
 * Shows what functions print: those of the run as it is, others with their name before it. Events of runs, which are drawn
 * as hops, and the platform's own lines are left out.
 */
export function showPrintedLines(lambda: LambdaEventSource, functionName: string, screen: Screen): () => void {
  return lambda.on("log", (event) => {
    if (!event.isPrinted || runEventOf(event.message)) return;
    const name = event.functionName === functionName ? "" : `${screen.paint.dim(event.functionName)}  `;
    screen.line(`${name}${event.message}`);
  });
}
