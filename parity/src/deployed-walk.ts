import type { RecursiveHandler } from "@longhaul/core";
import { bucketWalk } from "@longhaul/walk";
import type { Action, WalkAction } from "@longhaul/walk/actions";
import type { Parts } from "./bucket-walk.ts";
import type { Report } from "./report.ts";

/** The serial walk of `@longhaul/walk`, as it is deployed, with the reports of these handlers as its action. */
export function deployedWalk({ s3, report, directory: _, ...options }: Parts): RecursiveHandler<object, unknown> {
  return bucketWalk({
    ...options,
    client: s3,
    actions: { report: reporting(report) },
    mode: "serial",
    output: { bucket: "unused", prefix: "" },
    reserveMs: 10_000,
  });
}

function reporting(report: Report): Action {
  const action: WalkAction<object> = {
    empty: () => ({}),
    account() {},
    merge() {},
    work: ({ page, count }) => report(Array.from({ length: count }, (_, index) => page.key(index))),
    finish: async () => "reported",
  };
  return () => ({ fields: {}, read: () => ({ described: {}, isChanging: false, begin: () => action }) });
}
