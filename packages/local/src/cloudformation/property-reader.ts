import type { Input, Inputs } from "../gateway/inputs.ts";
import { InvalidPropertyError, type ResourceAddress, UnsupportedPropertyError } from "./deployment-error.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/**
 * Reads the resolved properties of a resource. What its list does not serve was refused before; {@link PropertyReader.finish}
 * makes sure that what the list calls served was read indeed.
 */
export class PropertyReader {
  readonly resource: ResourceAddress;
  readonly #values: JsonObject;
  readonly #inputs: Inputs;
  readonly #path: string;
  readonly #read = new Set<string>();
  readonly #nested: PropertyReader[] = [];

  constructor(resource: ResourceAddress, values: JsonObject, inputs: Inputs, path = "") {
    this.resource = resource;
    this.#values = values;
    this.#inputs = inputs;
    this.#path = path;
  }

  /** Names of all properties that are set. */
  names(): readonly string[] {
    return Object.keys(this.#values);
  }

  /** The value as it is; `undefined` if it is not set. */
  json(name: string): Json | undefined {
    this.#read.add(name);
    return this.#values[name] ?? undefined;
  }

  /** @throws {InvalidPropertyError} if missing or no text. */
  text(name: string): string {
    return this.optionalText(name) ?? this.#refuse(name, "is required");
  }

  optionalText(name: string): string | undefined {
    const value = this.json(name);
    if (value === undefined || typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return this.#refuse(name, "must be a text");
  }

  /** Numbers may be written as text, as CloudFormation allows. */
  optionalNumber(name: string): number | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : this.#refuse(name, "must be a number");
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.json(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    return this.#refuse(name, "must be true or false");
  }

  /** A list of texts; a single text counts as a list of one. */
  texts(name: string): readonly string[] {
    const value = this.json(name) ?? [];
    const items = Array.isArray(value) ? value : [value];
    return items.every((item): item is string => typeof item === "string")
      ? items
      : this.#refuse(name, "must be a list of texts");
  }

  optionalObject(name: string): JsonObject | undefined {
    const value = this.json(name);
    return value === undefined || isJsonObject(value) ? value : this.#refuse(name, "must be an object");
  }

  /** @throws {InvalidPropertyError} if missing or no object. */
  object(name: string): JsonObject {
    return this.optionalObject(name) ?? this.#refuse(name, "is required");
  }

  /** A nested structure whose own properties are watched too; `undefined` if it is not set. */
  nested(name: string): PropertyReader | undefined {
    const value = this.optionalObject(name);
    return value === undefined ? undefined : this.#watch(value, name, this.#inputs[name]);
  }

  /** A list of nested structures. */
  nestedList(name: string): readonly PropertyReader[] {
    const value = this.json(name) ?? [];
    if (!Array.isArray(value)) return this.#refuse(name, "must be a list");
    const input = this.#inputs[name];
    const ofItem = input?.kind === "list" ? input.of : undefined;
    return value.map((item: Json, index) =>
      isJsonObject(item)
        ? this.#watch(item, `${name}[${index}]`, ofItem)
        : this.#refuse(`${name}[${index}]`, "must be an object"),
    );
  }

  /** @throws {UnsupportedPropertyError} always. */
  unsupported(name: string, reason: string): never {
    throw new UnsupportedPropertyError(this.resource, this.#pathOf(name), reason);
  }

  /** @throws {InvalidPropertyError} always. */
  invalid(name: string, reason: string): never {
    return this.#refuse(name, reason);
  }

  /** @throws {UnsupportedPropertyError} for the first property that was set, is no harmless one, and was not read. */
  finish(): void {
    const unread = Object.keys(this.#values).find((name) => !this.#read.has(name) && !isHarmless(this.#inputs[name]));
    if (unread !== undefined) throw new UnsupportedPropertyError(this.resource, this.#pathOf(unread));
    for (const nested of this.#nested) nested.finish();
  }

  #watch(values: JsonObject, name: string, input: Input | undefined): PropertyReader {
    const inputs = input?.kind === "structure" ? input.fields : {};
    const reader = new PropertyReader(this.resource, values, inputs, this.#pathOf(name));
    this.#nested.push(reader);
    return reader;
  }

  #pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  #refuse(name: string, reason: string): never {
    throw new InvalidPropertyError(this.resource, this.#pathOf(name), reason);
  }
}

/** A structure of harmless inputs need not be read either. */
function isHarmless(input: Input | undefined): boolean {
  if (input?.kind === "list" || input?.kind === "map") return isHarmless(input.of);
  if (input?.kind === "structure") return Object.values(input.fields).every(isHarmless);
  return input?.kind === "harmless" || input?.kind === "only";
}
