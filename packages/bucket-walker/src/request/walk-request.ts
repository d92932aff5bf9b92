import { type ObjectFilter, parseFilter } from "../filter/object-filter.ts";
import type { OutputPlace } from "../report/output-place.ts";
import { Fields } from "./fields.ts";
import { WalkRequestError } from "./request-error.ts";

/** What may be done with the objects of a walk. */
export const ACTIONS = ["report", "each", "copy", "delete"] as const;
export type ActionName = (typeof ACTIONS)[number];

/** How a bucket may be walked. */
export const MODES = ["parallel", "serial"] as const;
export type WalkMode = (typeof MODES)[number];

/** What an event asks for. */
export interface WalkRequest {
  readonly bucket: string;
  /** Only keys that begin so are listed: what the event's prefix and the filter's have in common. */
  readonly prefix: string;
  /** What of the keys `copy` replaces: the event's prefix. A filter says which objects, not where they go. */
  readonly replacedPrefix: string;
  readonly mode: WalkMode;
  readonly action: ActionName;
  readonly filter: ObjectFilter;
  /** Depth of the report's totals by prefix, in segments behind `prefix`. */
  readonly depth: number;
  /** Where `copy` copies to. */
  readonly target: OutputPlace | undefined;
  /** `copy` and `delete` only count, unless `dryRun` is `false`. */
  readonly isDryRun: boolean;
  /** Ages are told from then, in milliseconds since 1970. Default: when the walk began. */
  readonly asOfMs: number | undefined;
  /** Id of the walk: an event that names it again begins no other. Default: from what caused the event. */
  readonly walkId: string | undefined;
  /** Keys of a page of a serial walk. Default: as many as S3 gives, 1,000. */
  readonly pageKeys: number | undefined;
}

/** What holds where an event says nothing. */
export interface WalkDefaults {
  readonly bucket: string | undefined;
  readonly mode: WalkMode;
  readonly action: ActionName;
  readonly depth: number;
  /** Holds if an event has no filter of its own. */
  readonly filter: ObjectFilter;
}

const NAMES = [
  ...["bucket", "prefix", "mode", "action", "filter", "depth", "target", "dryRun", "asOf", "walkId", "pageSize"],
  // What walks themselves put into the events of their hops and parts.
  ...["walkPart", "state", "CURRENT_STATE", "longhaul"],
];

/** The mode that an event asks for. */
export function modeOf(event: object, defaults: Pick<WalkDefaults, "mode">): WalkMode {
  return Fields.of(event).oneOf("mode", MODES) ?? defaults.mode;
}

/**
 * Reads what an event asks for; what else is in it does not matter, but where something is to be changed: then a name
 * that is not known is refused, since it may be a filter's that was misspelt.
 *
 * @throws WalkRequestError naming the field.
 */
export function parseWalkRequest(event: object, defaults: WalkDefaults): WalkRequest {
  const fields = Fields.of(event);
  const bucket = fields.text("bucket") ?? defaults.bucket;
  if (!bucket) throw new WalkRequestError("bucket", "must name the bucket to walk.");
  const action = fields.oneOf("action", ACTIONS) ?? defaults.action;
  const canDryRun = action === "copy" || action === "delete";
  const isDryRun = canDryRun && (fields.flag("dryRun") ?? true);
  if (canDryRun && !isDryRun) fields.refuseOthers(NAMES);
  const given = fields.text("prefix") ?? "";
  const filterFields = fields.fields("filter");
  const filter = filterFields ? parseFilter(filterFields) : defaults.filter;
  const prefix = narrower(given, filter.prefix ?? "");
  const request = {
    bucket,
    prefix,
    replacedPrefix: given,
    mode: modeOf(event, defaults),
    action,
    filter,
    depth: fields.wholeNumber("depth", 0, 20) ?? defaults.depth,
    target: targetOf(fields),
    isDryRun,
    asOfMs: asOf(fields),
    walkId: walkIdOf(fields),
    pageKeys: fields.wholeNumber("pageSize", 1, 1_000),
  };
  if (action === "copy") checkTarget(request);
  return request;
}

function asOf(fields: Fields): number | undefined {
  const text = fields.text("asOf");
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isFinite(ms)) return ms;
  throw new WalkRequestError("asOf", `must be a time such as 2026-11-21T08:00:00Z, not ${JSON.stringify(text)}.`);
}

/** As long as the ids that are made from what caused an event; with a part's it is a key of a record. */
const MAX_ID_BYTES = 1_024;

function walkIdOf(fields: Fields): string | undefined {
  const id = fields.text("walkId");
  if (id === undefined || (id !== "" && Buffer.byteLength(id) <= MAX_ID_BYTES)) return id;
  throw new WalkRequestError("walkId", `must have 1 to ${MAX_ID_BYTES} bytes.`);
}

/** Both prefixes must hold, so one has to begin with the other. */
function narrower(given: string, filtered: string): string {
  if (filtered.startsWith(given)) return filtered;
  if (given.startsWith(filtered)) return given;
  throw new WalkRequestError(
    "filter.prefix",
    `is ${JSON.stringify(filtered)}, and prefix ${JSON.stringify(given)}: no key begins with both.`,
  );
}

function targetOf(fields: Fields): OutputPlace | undefined {
  const target = fields.fields("target");
  if (target === undefined) return undefined;
  target.refuseOthers(["bucket", "prefix"]);
  const bucket = target.text("bucket");
  if (!bucket) throw new WalkRequestError("target.bucket", "must name the bucket to copy to.");
  return { bucket, prefix: target.text("prefix") ?? "" };
}

/** A walk that met its own copies would never end. */
function checkTarget({ bucket, prefix, target }: Pick<WalkRequest, "bucket" | "prefix" | "target">): void {
  if (target === undefined) throw new WalkRequestError("target", 'must say where to copy to: { "bucket", "prefix" }.');
  if (target.bucket !== bucket) return;
  if (!target.prefix.startsWith(prefix) && !prefix.startsWith(target.prefix)) return;
  throw new WalkRequestError(
    "target.prefix",
    `is ${JSON.stringify(target.prefix)} in the bucket that is walked, below prefix ${JSON.stringify(prefix)} or above it: copies would be walked too.`,
  );
}
