/** The parsed JSON of a request, not yet trusted. */
export type Fields = Readonly<Record<string, unknown>>;

/** How a service words what is wrong with a request. */
export interface FieldErrors {
  /** The body is not a JSON object. */
  readonly malformed: (message: string) => Error;
  /** A field is missing or empty. */
  readonly missing: (name: string) => Error;
  /** A field is of another kind. */
  readonly invalid: (message: string) => Error;
}

/** Reads the fields that services of the JSON protocol have in common. A field that is `null` is missing, as in AWS. */
export interface FieldReaders {
  /** The fields of a body; an empty body has none. Throws `malformed` if it is not a JSON object. */
  parseFields(body: string): Fields;
  /** Throws `missing` if missing or empty, `invalid` if no string. */
  text(fields: Fields, name: string): string;
  /** Throws `invalid` if it is set to anything but a string. */
  optionalText(fields: Fields, name: string): string | undefined;
  /** An empty list if missing. Throws `invalid` if it is set to anything but a list of strings. */
  textList(fields: Fields, name: string): readonly string[];
  /** An empty list if missing. Throws `invalid` if it is set to anything but a list of structures. */
  recordList(fields: Fields, name: string): readonly Fields[];
}

/** The readers of one service, which throw its errors. */
export function fieldReaders({ malformed, missing, invalid }: FieldErrors): FieldReaders {
  const optionalText = (fields: Fields, name: string) => {
    const value = fields[name] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    throw invalid(`The parameter ${name} must be a string.`);
  };
  return {
    parseFields(body) {
      let value: unknown;
      try {
        value = body === "" ? {} : JSON.parse(body);
      } catch {
        throw malformed("The request body is not JSON.");
      }
      if (!isFields(value)) throw malformed("The request body is not a JSON object.");
      return value;
    },
    text(fields, name) {
      const value = optionalText(fields, name);
      if (value === undefined || value === "") throw missing(name);
      return value;
    },
    optionalText,
    textList(fields, name) {
      const value = fields[name] ?? [];
      if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
      throw invalid(`The parameter ${name} must be a list of strings.`);
    },
    recordList(fields, name) {
      const value = fields[name] ?? [];
      if (Array.isArray(value) && value.every(isFields)) return value;
      throw invalid(`The parameter ${name} must be a list of structures.`);
    },
  };
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
