import { recursive } from "@longhaul/core";

// The smallest function: a loop over numbers. Without a store it is as safe as Lambda's at-least-once delivery.
export const handler = recursive({
  start: (_event: { site: string; pages: number }) => ({ next: 1 }),
  async *run(state, { event, signal }) {
    for (let page = state.next; page <= event.pages; page++) {
      const answer = await fetch(`${event.site}/pages/${page}`, { method: "PURGE", signal });
      if (!answer.ok) throw new Error(`Page ${page} was not purged: ${answer.status}`);
      yield { next: page + 1 }; // may stop here and continue in the next invocation
    }
    return `${event.pages} pages purged`;
  },
});
