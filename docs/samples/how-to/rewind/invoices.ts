/** Writes an invoice, unless an attempt with a higher token has written it; yours. */
export async function writeInvoice(
  _key: string,
  { signal }: { readonly token: number; readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
}
