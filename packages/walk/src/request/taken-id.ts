import type { Outcome, RunStore } from "@longhaul/core";
import { type CallScope, controlCall } from "../runs/call-scope.ts";
import { FIRST_PART } from "../runs/part-log.ts";
import { WalkIdTakenError } from "../runs/walk-errors.ts";
import { runOf } from "../runs/walk-event.ts";
import { isContinued } from "./settled-event.ts";
import { parseWalkRequest, type RequestRules, type WalkRequest } from "./walk-request.ts";

/** Options of {@link withOwnId}. */
export interface OwnIdOptions {
  readonly store: Pick<RunStore, "get">;
  readonly rules: RequestRules;
  readonly scope: CallScope;
}

/**
 * Begins or continues a walk, and refuses an event that names the id of another one: answered as a duplicate, it would look
 * as if it had been walked for.
 *
 * @throws WalkIdTakenError if the walk of that id walks something else.
 */
export async function withOwnId<Answer extends Outcome<unknown>>(
  event: object,
  options: OwnIdOptions,
  walk: () => Promise<Answer>,
): Promise<Answer> {
  if (isContinued(event)) return walk();
  const request = parseWalkRequest(event, options.rules);
  const { walkId, mode } = request;
  if (walkId === undefined) return walk();
  const runs = { serial: walkId, parallel: runOf({ walk: walkId, part: FIRST_PART }) };
  // A walk of the other mode would write its result to the same place.
  await refuseOther(request, runs[mode === "serial" ? "parallel" : "serial"], options);
  const outcome = await walk();
  if (outcome.status === "duplicate") await refuseOther(request, runs[mode], options);
  return outcome;
}

async function refuseOther(request: WalkRequest, run: string, { store, rules, scope }: OwnIdOptions): Promise<void> {
  const record = await controlCall("The run store", () => store.get(run), scope);
  if (record === undefined) return;
  const asked = described(request);
  const taken = described(parseWalkRequest(JSON.parse(record.event) as object, rules));
  if (asked !== taken) throw new WalkIdTakenError(request.walkId ?? "", asked, taken);
}

/** Describes a walk in one line. Two walks that differ in anything have different lines. */
function described({ bucket, prefix, mode, action, asked, filter, asOfMs }: WalkRequest): string {
  const more = {
    ...filter,
    ...asked.described,
    ...(asOfMs !== undefined && { asOf: new Date(asOfMs).toISOString() }),
  };
  return `s3://${bucket}/${prefix} (${mode} ${action}, ${JSON.stringify(more)})`;
}
