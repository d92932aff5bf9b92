import { WalkRequestError } from "./request-error.ts";

/** A JSON object whose fields are read one by one, each with an error that names it. What is absent or `null` is `undefined`. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;

  private constructor(values: Readonly<Record<string, unknown>>, path: string) {
    this.#values = values;
    this.#path = path;
  }

  /** @throws WalkRequestError unless it is an object. */
  static of(value: unknown, path = ""): Fields {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return new Fields(value as Record<string, unknown>, path);
    }
    throw new WalkRequestError(path, `must be an object, not ${shown(value)}.`);
  }

  /** A text that is Unicode: half a surrogate pair could not be sent to S3. */
  text(name: string): string | undefined {
    return this.#read(name, "a text", (value) =>
      typeof value === "string" && value.isWellFormed() ? value : undefined,
    );
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    return this.#read(name, choices.join(" or "), (value) => choices.find((choice) => choice === value));
  }

  /** A number from `least` to `most`. */
  number(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const wanted = most === Number.MAX_SAFE_INTEGER ? `a number from ${least}` : `a number from ${least} to ${most}`;
    return this.#read(name, wanted, (value) => (isBetween(value, least, most) ? value : undefined));
  }

  /** A whole number from `least` to `most`. */
  wholeNumber(name: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const wanted =
      most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`;
    return this.#read(name, wanted, (value) =>
      isBetween(value, least, most) && Number.isSafeInteger(value) ? value : undefined,
    );
  }

  /** An object in the object. */
  fields(name: string): Fields | undefined {
    const value = this.#values[name];
    return value === undefined || value === null ? undefined : Fields.of(value, this.pathOf(name));
  }

  /** @throws WalkRequestError for any other name, which a typing error would be. */
  refuseOthers(names: readonly string[]): void {
    for (const name of Object.keys(this.#values)) {
      if (!names.includes(name)) {
        throw new WalkRequestError(this.pathOf(name), `is not known; known are ${names.join(", ")}.`);
      }
    }
  }

  pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  #read<Value>(name: string, wanted: string, read: (value: unknown) => Value | undefined): Value | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    const result = read(value);
    if (result === undefined) throw new WalkRequestError(this.pathOf(name), `must be ${wanted}, not ${shown(value)}.`);
    return result;
  }
}

function isBetween(value: unknown, least: number, most: number): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
