import type { InvocationContext } from "@longhaul/core";
import type { Invoke } from "../plain-function.ts";

/** Imports one record of a file. */
export type ImportRecord = (file: string, record: number) => Promise<void>;

/** An event of SQS, or what a hop hands on. */
export type FileEvent =
  | { readonly Records: readonly { readonly body: string }[] }
  | { readonly file: string; readonly position: number };

/** Imports the file that a message names, over several hops. */
export function importFiles(importRecord: ImportRecord, invoke: Invoke, records: number) {
  // #region handler
  const handler = async (event: FileEvent, context: InvocationContext): Promise<string> => {
    const { file, position } = "Records" in event ? { file: event.Records[0]!.body, position: 0 } : event;
    for (let record = position; record < records; record++) {
      if (context.getRemainingTimeInMillis() < 10_000) {
        await invoke(context.invokedFunctionArn, { file, position: record });
        return `to be continued from ${record}`; // SQS takes this for success, and deletes the message
      }
      await importRecord(file, record);
    }
    return "all done";
  };
  // #endregion handler
  return handler;
}
