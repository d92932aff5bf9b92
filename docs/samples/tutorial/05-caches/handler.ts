import type { S3Client } from "@aws-sdk/client-s3";
import type { RecursiveHandler, recursive } from "@longhaul/core";
import { ObjectCache, ObjectChangedError, type ObjectId, objectLoader } from "@longhaul/objects";
import type { SendInvoice } from "../invoices.ts";

/** The parts that differ between the deployed function and the simulated one. */
export interface Parts {
  readonly recursive: typeof recursive;
  readonly sendInvoice: SendInvoice;
  readonly s3: Pick<S3Client, "send">;
}

interface State {
  readonly next: number;
  readonly etag?: string;
}

const numbers = (bytes: Buffer): number[] => bytes.toString().split("\n").map(Number);

/** Sends the invoices of a file of orders. */
export function invoiceFile({ recursive, sendInvoice, s3 }: Parts): RecursiveHandler<ObjectId, string> {
  // #region handler
  const cache = new ObjectCache<number[]>();

  const handler = recursive({
    start: (_event: ObjectId): State => ({ next: 0 }),
    async *run(state, { event: { bucket, key }, signal }) {
      const file = { bucket, key };
      const { value: orders, etag } = await cache.get(file, objectLoader(s3, file, numbers), { signal });
      if (state.etag !== undefined && state.etag !== etag) {
        throw new ObjectChangedError(bucket, key, state.etag, etag);
      }
      for (let next = state.next; next < orders.length; next++) {
        await sendInvoice(orders[next]!, { signal });
        yield { next: next + 1, etag };
      }
      return "all done";
    },
  });
  // #endregion handler
  return handler;
}
