import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { s3Spill } from "@longhaul/core/s3";

/** The state of a crawl: all pages that are known, and how many of them have been read. */
interface Crawl {
  readonly pages: readonly string[];
  readonly read: number;
}

export const handler = recursive({
  store: dynamodbRunStore(),
  // A state that does not fit becomes an object in this bucket. One that fits stays where it was.
  state: { spill: s3Spill({ bucket: process.env.STATE_BUCKET ?? "" }) },
  start: (event: { from: string }): Crawl => ({ pages: [event.from], read: 0 }),
  async *run(state: Crawl, { signal }) {
    let { pages, read } = state;
    for (let page = pages[read]; page !== undefined; page = pages[read]) {
      const answer = await fetch(page, { signal });
      const links = (await answer.json()) as string[];
      pages = [...new Set([...pages, ...links])];
      read++;
      yield { pages, read };
    }
    return pages.length;
  },
});
