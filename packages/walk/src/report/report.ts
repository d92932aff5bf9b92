import type { Action } from "../actions/action.ts";
import { reportAction } from "./report-action.ts";

/** Deepest totals by prefix. */
const MAX_DEPTH = 20;

/**
 * The action that counts objects and bytes by size, storage class and prefix, and writes a report as JSON, CSV and HTML.
 * The event's `depth` says how many segments of a key the prefixes have.
 */
export function report(): Action {
  return ({ client, output, depth: defaultDepth, maxPrefixes }) => ({
    fields: { depth: defaultDepth },
    read(fields, { prefix }) {
      const depth = fields.wholeNumber("depth", 0, MAX_DEPTH) ?? defaultDepth;
      return {
        described: { depth },
        isChanging: false,
        begin: ({ passing }) => reportAction({ client, output, passing, prefix, depth, maxPrefixes }),
      };
    },
  });
}
