/** An item of the model. Numbers are whole tenths, so that sums are exact, as they are in DynamoDB. */
export interface ModelItem {
  readonly pk: string;
  readonly sk: number;
  n?: number | undefined;
  s?: string | undefined;
  tags?: readonly string[] | undefined;
  /** Partition key of the index; an item without it, or without `due`, is not in the index. */
  state?: string | undefined;
  due?: number | undefined;
  /** Seconds since the epoch. */
  ttl?: number | undefined;
}

/** Key of an item. */
export type ModelKey = Pick<ModelItem, "pk" | "sk">;
export type AttributeName = Exclude<keyof ModelItem, keyof ModelKey>;

/** A condition: its expression, and what it means. */
export interface ModelCondition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
  holds(item: ModelItem | undefined): boolean;
}

/** A change of an item: its expression, the attributes that it names, and what it means. */
export interface ModelChange {
  readonly expression: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly touched: readonly AttributeName[];
  /** The changed item; `undefined` if the expression needs an attribute that is not there. */
  apply(item: ModelItem): ModelItem | undefined;
}

export type ReturnValues = "NONE" | "ALL_OLD" | "ALL_NEW" | "UPDATED_OLD" | "UPDATED_NEW";

/** An answer: attributes to return, or an error, with the item as it is. */
export type ModelAnswer =
  | { readonly attributes: Partial<ModelItem> | undefined }
  | { readonly code: "ConditionalCheckFailedException" | "ValidationException"; readonly item?: ModelItem | undefined };

const fiveYearsSeconds = 5 * 365 * 24 * 3600;

/** A table as the DynamoDB Developer Guide describes it: a map of items by their keys. */
export class DynamoDbModel {
  readonly #items = new Map<string, ModelItem>();

  get({ pk, sk }: ModelKey): ModelItem | undefined {
    return this.#items.get(`${pk} ${sk}`);
  }

  put(item: ModelItem, condition: ModelCondition | undefined): ModelAnswer {
    const old = this.get(item);
    if (condition && !condition.holds(old)) return { code: "ConditionalCheckFailedException", item: old };
    this.#items.set(`${item.pk} ${item.sk}`, item);
    return { attributes: old };
  }

  delete(key: ModelKey, condition: ModelCondition | undefined): ModelAnswer {
    const old = this.get(key);
    if (condition && !condition.holds(old)) return { code: "ConditionalCheckFailedException", item: old };
    this.#items.delete(`${key.pk} ${key.sk}`);
    return { attributes: old };
  }

  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html */
  update(
    key: ModelKey,
    change: ModelChange,
    condition: ModelCondition | undefined,
    returned: ReturnValues,
  ): ModelAnswer {
    const old = this.get(key);
    if (condition && !condition.holds(old)) return { code: "ConditionalCheckFailedException", item: old };
    const changed = change.apply(old ?? { pk: key.pk, sk: key.sk });
    if (!changed) return { code: "ValidationException" };
    this.#items.set(`${key.pk} ${key.sk}`, changed);
    const touched = (item: ModelItem | undefined) =>
      item && Object.fromEntries(change.touched.map((name) => [name, item[name]]));
    if (returned === "ALL_OLD") return { attributes: old };
    if (returned === "ALL_NEW") return { attributes: changed };
    if (returned === "UPDATED_OLD") return { attributes: touched(old) };
    return { attributes: returned === "UPDATED_NEW" ? touched(changed) : undefined };
  }

  /** Items of one partition in the order of their sort keys. */
  query(pk: string, isWithin: (sk: number) => boolean): ModelItem[] {
    const found = this.all().filter((item) => item.pk === pk && isWithin(item.sk));
    return found.sort((a, b) => a.sk - b.sk);
  }

  /** Items of one partition of the sparse index that are due, the earliest first. */
  queryIndex(state: string, untilDue: number): (ModelItem & { readonly due: number })[] {
    const found = this.all().flatMap((item) =>
      item.state === state && item.due !== undefined && item.due <= untilDue ? [{ ...item, due: item.due }] : [],
    );
    return found.sort((a, b) => a.due - b.due);
  }

  all(): ModelItem[] {
    return [...this.#items.values()];
  }

  /** "Items with an expiration time greater than five years in the past are not deleted": the Developer Guide, TTL. */
  expire(nowSeconds: number): number {
    const expired = this.all().filter(
      ({ ttl }) => ttl !== undefined && ttl <= nowSeconds && ttl >= nowSeconds - fiveYearsSeconds,
    );
    for (const { pk, sk } of expired) this.#items.delete(`${pk} ${sk}`);
    return expired.length;
  }
}

const numeric: readonly string[] = ["sk", "n", "due"];

/** An item as it travels: attributes that are not there are left out. */
export function onWire(item: Partial<ModelItem> | undefined): Record<string, unknown> | undefined {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(item ?? {})) {
    if (value === undefined) continue;
    if (typeof value === "string") attributes[name] = { S: value };
    else if (typeof value === "number") attributes[name] = { N: String(numeric.includes(name) ? value / 10 : value) };
    else attributes[name] = { SS: [...value].sort() };
  }
  return Object.keys(attributes).length === 0 ? undefined : attributes;
}

/** A received item with its attributes and sets in order: theirs is open. AWS may leave out an item without attributes. */
export function inOrder(item: unknown): unknown {
  if (typeof item !== "object" || item === null || Object.keys(item).length === 0) return undefined;
  return Object.fromEntries(
    Object.entries(item)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => {
        const { SS } = value as { readonly SS?: readonly string[] };
        return [name, SS ? { SS: [...SS].sort() } : value];
      }),
  );
}
