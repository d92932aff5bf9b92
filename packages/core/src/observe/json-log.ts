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
      const level = event.type === "error" ? "ERROR" : event.type === "stopped" ? "WARN" : "INFO";
      write(JSON.stringify({ level, message: "longhaul", longhaul: event }));
    },
  };
}
