import { type Fields, isFields } from "../gateway/request-fields.ts";
import { snsErrors } from "./sns-error.ts";

/**
 * The parameters of a call of the query protocol. Structures and lists come flat: `Tags.member.1.Key=a`,
 * `Attributes.entry.1.key=DisplayName`.
 */
export class QueryInput {
  readonly #values: ReadonlyMap<string, string>;
  readonly #prefix: string;

  constructor(values: ReadonlyMap<string, string>, prefix = "") {
    this.#values = values;
    this.#prefix = prefix;
  }

  static parse(body: string): QueryInput {
    return new QueryInput(new Map(new URLSearchParams(body)));
  }

  /** All parameters, their names taken apart at the dots: `{ Tags: { member: { 1: { Key: "a" } } } }`. */
  fields(): Fields {
    const root: Record<string, unknown> = {};
    for (const [name, value] of this.#values) {
      const path = name.split(".");
      const last = path.pop() ?? "";
      let inside = root;
      for (const part of path) {
        const next = Object.hasOwn(inside, part) ? inside[part] : undefined;
        const structure: Record<string, unknown> = isFields(next) ? { ...next } : {};
        define(inside, part, structure);
        inside = structure;
      }
      if (!isFields(inside[last])) define(inside, last, value);
    }
    return root;
  }

  /** @throws {SnsError} if it is missing. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw snsErrors.invalidParameter(`${name} Reason: no value for required parameter`);
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.#values.get(this.#prefix + name);
  }

  /** The members of a list of texts. */
  texts(name: string): readonly string[] {
    return this.#numbered(`${name}.member`).map((at) => this.#values.get(at) ?? "");
  }

  /** The members of a list of structures. */
  structures(name: string): readonly QueryInput[] {
    return this.#numbered(`${name}.member`).map((at) => new QueryInput(this.#values, `${at}.`));
  }

  /** The entries of a map, with the names its keys and values go under. */
  entries(name: string, keyName: string): readonly (readonly [key: string, entry: QueryInput])[] {
    return this.#numbered(`${name}.entry`).map((at) => {
      const entry = new QueryInput(this.#values, `${at}.`);
      return [entry.text(keyName), entry] as const;
    });
  }

  /** A map of texts. */
  textMap(name: string): Record<string, string> {
    return Object.fromEntries(
      this.entries(name, "key").map(([key, entry]) => [key, entry.optionalText("value") ?? ""]),
    );
  }

  /** `prefix.1`, `prefix.2`, ... in order of their numbers. */
  #numbered(list: string): readonly string[] {
    const start = `${this.#prefix}${list}.`;
    const numbers = new Set<number>();
    for (const name of this.#values.keys()) {
      const number = name.startsWith(start) ? Number(name.slice(start.length).split(".", 1)[0]) : Number.NaN;
      if (Number.isInteger(number)) numbers.add(number);
    }
    return [...numbers].sort((a, b) => a - b).map((number) => `${start}${number}`);
  }
}

/** Sets a property whatever its name is, `__proto__` included. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
