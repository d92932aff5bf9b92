/** Copies a table of a snapshot; yours. */
export async function copyTable(
  _snapshot: string,
  _table: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  signal.throwIfAborted();
}

/** Releases a snapshot, also one that was released before; yours. */
export async function releaseSnapshot(_snapshot: string): Promise<void> {}
