import type { RecursiveHandler, recursive } from "@longhaul/core";

/** The parts that differ between the deployed function and the simulated one. */
export interface Parts {
  readonly recursive: typeof recursive;
  resize(photo: number, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** Resizes photos, one after the other. */
export function resizePhotos({ recursive, resize }: Parts): RecursiveHandler<{ photos: number }, string> {
  // #region handler
  const handler = recursive({
    start: (_event: { photos: number }) => ({ next: 0 }),
    async *run(state, { event, signal }) {
      for (let next = state.next; next < event.photos; next++) {
        await resize(next, { signal });
        yield { next: next + 1 }; // may stop here and continue in the next invocation
      }
      return `${event.photos} photos resized`;
    },
  });
  // #endregion handler
  return handler;
}
