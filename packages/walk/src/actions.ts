/** Parts for actions of your own: a new one is a function of type `Action`, and one line in the actions of a handler. */

export type { Action, ActionReader, ActionSetup, ActionWalk, AskedAction, WalkedPlace } from "./actions/action.ts";
export {
  type ActionResult,
  type ActionSummary,
  type ObjectActionOptions,
  type ObjectWork,
  objectAction,
} from "./actions/object-action.ts";
export { ActionFailsError, type ObjectFailure } from "./actions/object-failure.ts";
export type { ActionHealth } from "./actions/object-retries.ts";
export type { ObjectTries } from "./actions/try-object.ts";
export type { ObjectFilter } from "./filter/object-filter.ts";
export type { PageFilter, PassingObjects } from "./filter/page-filter.ts";
export type { ListedPage } from "./listing/listed-page.ts";
export type { PageSlice } from "./listing/open-range.ts";
export type { Fields } from "./request/fields.ts";
export { WalkRequestError } from "./request/request-error.ts";
export type { CallScope } from "./runs/call-scope.ts";
export type { HopLimits, WalkAction, WalkTarget } from "./runs/walk-action.ts";
export type { Semaphore } from "./semaphore.ts";
