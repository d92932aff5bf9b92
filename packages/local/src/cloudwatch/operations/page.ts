import { cloudWatchErrors } from "../cloudwatch-error.ts";
import { type Fields, optionalText } from "../request-fields.ts";

/** One page of a list, and the token that leads to the next. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: { readonly NextToken?: string };
}

/** Cuts a list into pages by position: between two calls, nothing that is listed here moves forward. */
export function page<T>(input: Fields, items: readonly T[], maxItems: number): Page<T> {
  const token = optionalText(input, "NextToken");
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw cloudWatchErrors.invalidToken();
  const end = start + maxItems;
  const hasMore = end < items.length;
  return {
    items: items.slice(start, end),
    next: hasMore ? { NextToken: Buffer.from(String(end)).toString("base64url") } : {},
  };
}
