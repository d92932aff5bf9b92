import type { Observer, RunEvent } from "./observer.ts";

/**
 * Writes each event as one line of JSON, `{"level":"INFO","message":"longhaul","longhaul":{...}}`: what Lambda's JSON log
 * format and Powertools' logger carry. No state is logged.
 *
 * @example `recursive({ start, run, observers: [jsonLogObserver()] })`
 */
export function jsonLogObserver(write: (line: string) => void = console.log): Observer {
  return {
    observe(event: RunEvent) {
      write(JSON.stringify({ level: levelOf(event), message: "longhaul", longhaul: event }));
    },
  };
}

function levelOf(event: RunEvent): "ERROR" | "WARN" | "INFO" {
  if (event.type === "stopped") return event.phase === "failed" ? "ERROR" : "WARN";
  return event.type === "error" ? "ERROR" : "INFO";
}
