import type { PassingObjects } from "../filter/page-filter.ts";
import type { ListedPage } from "../listing/listed-page.ts";
import { prefixEnd } from "./prefix-totals.ts";

/**
 * Visits the stretches of a page whose objects have the same prefix. Keys are in order, so all between two with a prefix
 * have it too: of a long stretch few keys are decoded.
 *
 * @param visit is told where a stretch begins and ends, as places among the objects that pass, the end not included.
 */
export function forEachPrefixRun(
  page: Pick<ListedPage, "key">,
  { index, count }: PassingObjects,
  shape: { readonly baseLength: number; readonly depth: number },
  visit: (prefix: string, from: number, to: number) => void,
): void {
  const { baseLength, depth } = shape;
  const keyAt = (place: number) => page.key(index[place] as number);
  for (let from = 0; from < count; ) {
    const key = keyAt(from);
    const end = prefixEnd(key, baseLength, depth);
    const prefix = key.slice(0, end < 0 ? ~end : end);
    const to = end < 0 ? from + 1 : endOfRun(keyAt, prefix, from, count);
    visit(prefix, from, to);
    from = to;
  }
}

/** Steps that double, and then the middle of what the last one stepped over: short runs are as cheap as long ones. */
function endOfRun(keyAt: (place: number) => string, prefix: string, from: number, count: number): number {
  let inside = from;
  let outside = count;
  for (let step = 1; inside + step < count; step *= 2) {
    if (!keyAt(inside + step).startsWith(prefix)) {
      outside = inside + step;
      break;
    }
    inside += step;
    if (step === 1 && keyAt(count - 1).startsWith(prefix)) return count;
  }
  while (outside - inside > 1) {
    const middle = (inside + outside) >> 1;
    if (keyAt(middle).startsWith(prefix)) inside = middle;
    else outside = middle;
  }
  return outside;
}
