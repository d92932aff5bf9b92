import { ObjectCache, type ObjectId, objectLoader } from "@longhaul/objects";
import type { Parts } from "./handler.ts";

/** The same function, without the ETag in its state. */
export function invoiceFile({ recursive, sendInvoice, s3 }: Parts) {
  const cache = new ObjectCache<number[]>();
  const numbers = (bytes: Buffer): number[] => bytes.toString().split("\n").map(Number);
  return recursive({
    start: (_event: ObjectId) => ({ next: 0 }),
    // #region run
    async *run({ next }, { event: file, signal }) {
      const { value: orders } = await cache.get(file, objectLoader(s3, file, numbers), { signal });
      for (let position = next; position < orders.length; position++) {
        await sendInvoice(orders[position]!, { signal });
        yield { next: position + 1 };
      }
      return "all done";
    },
    // #endregion run
  });
}
