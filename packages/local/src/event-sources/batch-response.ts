/** A function's answer to a batch: which messages are to come again. */
export type BatchVerdict = { readonly failed: ReadonlySet<string> } | "all failed";

/**
 * Reads the answer of a function whose mapping has `ReportBatchItemFailures`. Nothing (`null`, `{}`, an empty or missing
 * list) is success; an answer that is no such object, an identifier that is empty, missing, or of no message of the batch
 * fails the whole batch.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 * @param payload - JSON text, as the function answered.
 * @param batch - ids of the messages it was given.
 */
export function batchVerdict(payload: string | undefined, batch: ReadonlySet<string>): BatchVerdict {
  let answer: unknown;
  try {
    answer = JSON.parse(payload === undefined || payload === "" ? "null" : payload);
  } catch {
    return "all failed";
  }
  if (answer === null) return { failed: new Set() };
  if (typeof answer !== "object" || Array.isArray(answer)) return "all failed";
  const items = (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(items)) return "all failed";
  const failed = new Set<string>();
  for (const item of items as readonly unknown[]) {
    const id =
      typeof item === "object" && item !== null ? (item as { itemIdentifier?: unknown }).itemIdentifier : undefined;
    if (typeof id !== "string" || !batch.has(id)) return "all failed";
    failed.add(id);
  }
  return { failed };
}
