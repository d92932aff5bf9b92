import { EventError, type StandardSchema } from "@longhaul/core";

/** Key of the event under which the state of a serial walk travels. */
export const SERIAL_STATE_KEY = "CURRENT_STATE";

/**
 * The place of a serial walk; travels under the event's key `CURRENT_STATE`. An event may also bring a plain text there:
 * the key that was walked last.
 */
export interface SerialState {
  /** Objects listed so far, and their bytes, whether they passed the filter or not. */
  readonly objects: number;
  readonly bytes: number;
  /** Where the listing continues; absent before the first page. */
  readonly continuationToken?: string;
  /** The last key that was listed: the listing continues after it if the token is refused. */
  readonly lastKey?: string;
  /** The listing began before `lastKey`: its keys up to this one are left out. */
  readonly skipThrough?: string;
  /** The action's summary of these objects; absent if the state is that of a handler that has none. */
  readonly summary?: object;
  /** How many of the objects a handler without summary counted. */
  readonly countedElsewhere?: number;
}

/** The state that a walk begins with. */
export const BEGINNING: SerialState = { objects: 0, bytes: 0 };

/** Checks a state that came with an event or a record. */
export const serialState: StandardSchema<SerialState> = {
  "~standard": {
    version: 1,
    vendor: "longhaul-walk",
    validate(value) {
      try {
        return { value: parseState(value) };
      } catch (error) {
        return { issues: [{ message: error instanceof Error ? error.message : String(error) }] };
      }
    },
  },
};

function parseState(value: unknown): SerialState {
  if (typeof value === "string") return value === "" ? BEGINNING : { ...BEGINNING, lastKey: text(value) };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new EventError("CURRENT_STATE must be an object, or the key that was walked last as a text.");
  }
  const fields = value as Record<string, unknown>;
  const { objects, bytes, continuationToken, lastKey, skipThrough, summary, countedElsewhere } = fields;
  if (summary !== undefined && (typeof summary !== "object" || summary === null)) {
    throw new EventError("CURRENT_STATE.summary must be an object.");
  }
  const state = {
    objects: count(objects, "objects"),
    bytes: count(bytes, "bytes"),
    ...(continuationToken !== undefined && { continuationToken: text(continuationToken, "continuationToken") }),
    ...(lastKey !== undefined && { lastKey: text(lastKey, "lastKey") }),
    ...(skipThrough !== undefined && { skipThrough: text(skipThrough, "skipThrough") }),
  };
  if (summary === undefined) return state;
  const elsewhere =
    countedElsewhere === undefined ? {} : { countedElsewhere: count(countedElsewhere, "countedElsewhere") };
  return { ...state, summary, ...elsewhere };
}

/** Half a surrogate pair could not be sent to S3. */
function text(value: unknown, name?: string): string {
  if (typeof value === "string" && value !== "" && value.isWellFormed()) return value;
  throw new EventError(`CURRENT_STATE${name === undefined ? "" : `.${name}`} must be a text of Unicode characters.`);
}

function count(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new EventError(`CURRENT_STATE.${name} must be a whole number from 0.`);
}
