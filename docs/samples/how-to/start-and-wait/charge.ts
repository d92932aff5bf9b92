/** Charges an order; yours. */
export async function charge(
  _order: number,
  { signal }: { readonly signal: AbortSignal; readonly idempotencyKey: string },
): Promise<void> {
  signal.throwIfAborted();
}
