/** The event: orders of a batch, each to be charged once. */
export interface Batch {
  readonly batch: string;
  readonly orders: readonly string[];
  /** How many of them were charged before, by whatever did it. Default: none. */
  readonly charged?: number;
}

/** Charges an order. The key is the batch's, so it is the same in every engine that may do this step again. */
export async function charge({ batch }: Batch, order: string, signal?: AbortSignal): Promise<void> {
  const headers = { "Idempotency-Key": `${batch}/${order}` };
  const url = `${process.env.BILLING_URL}/orders/${order}/charge`;
  const answer = await fetch(url, { method: "POST", headers, ...(signal && { signal }) });
  if (!answer.ok) throw new Error(`Order ${order} was not charged: ${answer.status}`);
}
