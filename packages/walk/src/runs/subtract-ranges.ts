import { compareKeys } from "../listing/key-order.ts";
import type { KeyRange } from "../listing/key-range.ts";

/** Takes some ranges away from others. None of `taken` need be within `ranges`. */
export function subtractRanges(ranges: readonly KeyRange[], taken: readonly KeyRange[]): KeyRange[] {
  let left = [...ranges];
  for (const gone of taken) left = left.flatMap((range) => without(range, gone));
  return left;
}

function without({ after, through }: KeyRange, gone: KeyRange): KeyRange[] {
  const before = { after, through: gone.after };
  const behind = gone.through === null ? undefined : { after: gone.through, through };
  if (isBehind(gone.after, through) || (gone.through !== null && compareKeys(gone.through, after) <= 0)) {
    return [{ after, through }];
  }
  return [
    ...(compareKeys(after, gone.after) < 0 ? [before] : []),
    ...(behind && !isBehind(behind.after, through) ? [behind] : []),
  ];
}

/** Whether no key of a range that ends with `through` lies behind `key`. */
function isBehind(key: string, through: string | null): boolean {
  return through !== null && compareKeys(key, through) >= 0;
}
