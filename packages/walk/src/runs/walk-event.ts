import { EventError, type InvocationContext, runIdOf } from "@longhaul/core";
import { FIRST_PART } from "./part-log.ts";

/** Key of an event under which it says which part of a walk it is for; the event that begins a walk has none. */
const PART_KEY = "walkPart";

/** Which part of which walk. */
export interface PartId {
  readonly walk: string;
  readonly part: string;
}

/** The part that an event is for. The walk's id is the one asked for, or comes from the event's cause. */
export function partOf(event: object, askedId: string | undefined, context: InvocationContext): PartId {
  const { [PART_KEY]: named, ...cause } = event as Record<string, unknown>;
  if (named === undefined) {
    return { walk: askedId ?? runIdOf(cause, context.awsRequestId, context.causeId), part: FIRST_PART };
  }
  const { walk, part } = (named ?? {}) as Partial<Record<string, unknown>>;
  if (typeof walk !== "string" || typeof part !== "string" || !/^0(\.\d+)*$/.test(part)) {
    throw new EventError(`The event's ${PART_KEY} must name a walk and a part. Was it changed on the way?`);
  }
  return { walk, part };
}

/** Id of the run that a part is. */
export function runOf({ walk, part }: PartId): string {
  return `${walk}/${part}`;
}

/** The part that a run is. */
export function partOfRun(run: string): PartId {
  const slash = run.lastIndexOf("/");
  return { walk: run.slice(0, slash), part: run.slice(slash + 1) };
}

/** The first event of a part: that of the walk, with the part's name. */
export function eventOf(event: object, { walk, part }: PartId): Record<string, unknown> {
  return { ...event, [PART_KEY]: { walk, part } };
}
