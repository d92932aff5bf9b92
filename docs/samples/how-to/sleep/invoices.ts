/** Whether an invoice is paid; yours. */
export async function isPaid(_invoice: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
  signal.throwIfAborted();
  return false;
}

/** Sends a reminder, once for each number; yours. */
export async function remind(
  _invoice: string,
  _number: number,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
}
