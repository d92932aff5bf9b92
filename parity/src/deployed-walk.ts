import type { RecursiveHandler } from "@longhaul/core";
import type { WalkAction } from "bucket-walker/src/runs/walk-action.ts";
import { serialHandler } from "bucket-walker/src/serial/serial-handler.ts";
import type { SerialResult } from "bucket-walker/src/serial/serial-walk.ts";
import type { Parts } from "./bucket-walk.ts";
import type { Report } from "./report.ts";

/** The serial walk of bucket-walker, as it is deployed, with the reports of these handlers as its action. */
export function deployedWalk({ s3, report, directory: _, ...options }: Parts): RecursiveHandler<object, SerialResult> {
  return serialHandler({
    ...options,
    client: s3,
    defaults: { bucket: undefined, mode: "serial", action: "each", depth: 0, filter: {} },
    pageKeys: 1_000,
    reserveMs: 10_000,
    actionFor: () => reporting(report),
  });
}

function reporting(report: Report): WalkAction<object> {
  return {
    empty: () => ({}),
    account() {},
    merge() {},
    work: ({ page, count }) => report(Array.from({ length: count }, (_, index) => page.key(index))),
    finish: async () => "reported",
  };
}
