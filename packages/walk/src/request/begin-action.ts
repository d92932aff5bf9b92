import { pageFilter } from "../filter/page-filter.ts";
import type { WalkAction, WalkTarget } from "../runs/walk-action.ts";
import type { WalkRequest } from "./walk-request.ts";

/** The action that a request asks for, for the objects that its filter selects. */
export function beginAction(
  { bucket, prefix, eventPrefix, asked, filter, asOfMs }: WalkRequest,
  { id, startedAtMs }: Pick<WalkTarget, "id" | "startedAtMs">,
): WalkAction<object> {
  return asked.begin({ bucket, prefix, eventPrefix, id, passing: pageFilter(filter, asOfMs ?? startedAtMs) });
}
