import { jsonLogObserver, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { steadyHeap, type Transform, transformObject, transformSettings } from "../../src/index.ts";

steadyHeap();

/** Answers with the record, unless it says how to kill the process. */
const transform: Transform = (record) => {
  const { kill } = Object(record) as { readonly kill?: "exit" | "memory" };
  if (kill === "exit") process.exit(1);
  if (kill === "memory") for (const held: string[][] = []; ; ) held.push(Array.from({ length: 1e6 }, String));
  return record;
};

export const handler = recursive({
  ...transformObject({ transform, ...transformSettings(process.env) }),
  store: dynamodbRunStore({ tableName: process.env.LONGHAUL_RUN_TABLE ?? "" }),
  observers: [jsonLogObserver()],
});
