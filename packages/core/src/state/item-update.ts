import type { UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { attribute, type ItemValue } from "./run-item.ts";

type Values = Readonly<Record<string, ItemValue | undefined>>;

/** One conditional write to a run's item. Values that are `undefined` are left out. */
export interface ItemUpdate {
  /** The condition, with attributes as `#name` and the values of {@link given} as `:name`. */
  readonly condition: string;
  readonly given: Values;
  readonly set?: Values;
  /** Set where the item does not have the attribute yet. */
  readonly setIfAbsent?: Values;
  /** Numbers added; an absent attribute counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  /** Set to the sum of an attribute, 0 where it is absent, and a number. */
  readonly setSum?: Readonly<Record<string, readonly [attribute: string, plus: number]>>;
  readonly remove?: readonly string[];
}

type Expressions = Pick<
  UpdateItemCommandInput,
  "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"
>;

/**
 * The write in DynamoDB's words. Every attribute goes by a placeholder: `owner`, `state`, `ttl` and others are reserved.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
 */
export function expressionsOf(update: ItemUpdate): Expressions {
  const { condition, given, set = {}, setIfAbsent = {}, add = {}, setSum = {}, remove = [] } = update;
  const values = new Map<string, ItemValue>();
  const names = new Set([...condition.matchAll(/#(\w+)/g)].map(([, name]) => name as string));
  const put = (fields: Values, prefix: string, clause: (name: string, value: string) => string): string[] =>
    Object.entries(fields).flatMap(([name, value]) => {
      if (value === undefined) return [];
      values.set(`:${prefix}${name}`, value);
      if (prefix !== "") names.add(name);
      return [clause(name, `:${prefix}${name}`)];
    });
  put(given, "", () => "");
  const sets = [
    ...put(set, "set_", (name, value) => `#${name} = ${value}`),
    ...put(setIfAbsent, "first_", (name, value) => `#${name} = if_not_exists(#${name}, ${value})`),
  ];
  for (const [name, [attribute, plus]] of Object.entries(setSum)) {
    values.set(":zero", 0).set(`:sum_${name}`, plus);
    names.add(name).add(attribute);
    sets.push(`#${name} = if_not_exists(#${attribute}, :zero) + :sum_${name}`);
  }
  const adds = put(add, "add_", (name, value) => `#${name} ${value}`);
  for (const name of remove) names.add(name);
  const clauses = [
    sets.length > 0 && `SET ${sets.join(", ")}`,
    remove.length > 0 && `REMOVE ${remove.map((name) => `#${name}`).join(", ")}`,
    adds.length > 0 && `ADD ${adds.join(", ")}`,
  ];
  return {
    ConditionExpression: condition,
    UpdateExpression: clauses.filter(Boolean).join(" "),
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries([...values].map(([name, value]) => [name, attribute(value)])),
  };
}
