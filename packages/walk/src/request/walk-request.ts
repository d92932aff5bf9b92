import type { ActionReader, AskedAction, WalkedPlace } from "../actions/action.ts";
import { type ObjectFilter, parseFilter } from "../filter/object-filter.ts";
import { Fields } from "./fields.ts";
import { WalkRequestError } from "./request-error.ts";

/** How a bucket may be walked. */
export type WalkMode = "parallel" | "serial";
export const MODES: readonly WalkMode[] = ["parallel", "serial"];

/** The walk that an event asks for. */
export interface WalkRequest extends WalkedPlace {
  readonly mode: WalkMode;
  /** Name of the action. */
  readonly action: string;
  readonly asked: AskedAction;
  readonly filter: ObjectFilter;
  /** Ages are told from then, in milliseconds since 1970. Default: when the walk began. */
  readonly asOfMs: number | undefined;
  /** Id of the walk: an event that names it again begins no other. Default: from what caused the event. */
  readonly walkId: string | undefined;
  /** Keys of a page of a serial walk. Default: as many as S3 gives, 1,000. */
  readonly pageKeys: number | undefined;
}

/** Defaults for fields that an event does not have. */
export interface WalkDefaults {
  readonly bucket: string | undefined;
  readonly mode: WalkMode;
  /** Name of the action. */
  readonly action: string;
  /** Holds if an event has no filter of its own. */
  readonly filter: ObjectFilter;
}

/** How a handler reads events. */
export interface RequestRules {
  readonly defaults: WalkDefaults;
  /** The handler's actions, by name. */
  readonly actions: Readonly<Record<string, ActionReader>>;
}

const NAMES = [
  ...["bucket", "prefix", "mode", "action", "filter", "asOf", "walkId", "pageSize"],
  // What walks themselves put into the events of their hops and parts.
  ...["walkPart", "state", "CURRENT_STATE", "longhaul"],
];

/** The mode that an event asks for. */
export function modeOf(event: object, defaults: Pick<WalkDefaults, "mode">): WalkMode {
  return Fields.of(event).oneOf("mode", MODES) ?? defaults.mode;
}

/**
 * The action that an event asks for.
 *
 * @throws WalkRequestError if the handler has none of that name.
 */
export function readerOf(event: object, { defaults, actions }: RequestRules): ActionReader & { readonly name: string } {
  const name = Fields.of(event).oneOf("action", Object.keys(actions)) ?? defaults.action;
  const reader = actions[name];
  if (reader === undefined) throw new WalkRequestError("action", `is missing, and the default ${name} is not there.`);
  return { ...reader, name };
}

/**
 * Reads what an event asks for. Other fields are ignored, unless objects are to be changed: then an unknown name is
 * refused, since it may be a misspelt filter.
 *
 * @throws WalkRequestError naming the field.
 */
export function parseWalkRequest(event: object, rules: RequestRules): WalkRequest {
  const { defaults } = rules;
  const fields = Fields.of(event);
  const bucket = fields.text("bucket") ?? defaults.bucket;
  if (!bucket) throw new WalkRequestError("bucket", "must name the bucket to walk.");
  const reader = readerOf(event, rules);
  const eventPrefix = fields.text("prefix") ?? "";
  const filterFields = fields.fields("filter");
  const filter = filterFields ? parseFilter(filterFields) : defaults.filter;
  const prefix = narrower(eventPrefix, filter.prefix ?? "");
  const place: WalkedPlace = { bucket, prefix, eventPrefix };
  const asked = reader.read(fields, place);
  if (asked.isChanging) {
    fields.refuseOthers([...NAMES, ...Object.values(rules.actions).flatMap((known) => Object.keys(known.fields))]);
  }
  return {
    ...place,
    mode: modeOf(event, defaults),
    action: reader.name,
    asked,
    filter,
    asOfMs: asOf(fields),
    walkId: walkIdOf(fields),
    pageKeys: fields.wholeNumber("pageSize", 1, 1_000),
  };
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
