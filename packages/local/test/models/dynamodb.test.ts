import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createDynamoDb, type DynamoDbService } from "../../src/dynamodb/dynamodb.ts";
import { DynamoDbError } from "../../src/dynamodb/dynamodb-error.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import {
  type AttributeName,
  DynamoDbModel,
  inOrder,
  type ModelAnswer,
  type ModelChange,
  type ModelCondition,
  type ModelItem,
  type ModelKey,
  onWire,
  type ReturnValues,
} from "./dynamodb-model.ts";
import { compareWithModel, step } from "./model-run.ts";

type Answer = Readonly<Record<string, unknown>>;
type Table = {
  readonly name: string;
  readonly clock: ManualClock;
  readonly service: DynamoDbService;
  call(operation: string, input: object): Promise<Answer & { readonly code?: string }>;
};

const startMs = 1_800_000_000_000;
const name = "items";
let service: DynamoDbService | undefined;

afterEach(() => service?.stop?.());

async function setUp() {
  await service?.stop?.();
  const clock = createManualClock(startMs);
  const started = createDynamoDb({ region: "eu-west-1", accountId: "000000000000", clock });
  service = started;
  await started.call("CreateTable", {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "N" },
      { AttributeName: "state", AttributeType: "S" },
      { AttributeName: "due", AttributeType: "N" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "due",
        KeySchema: [
          { AttributeName: "state", KeyType: "HASH" },
          { AttributeName: "due", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  });
  for (let isActive = false; !isActive; ) {
    const { Table } = await started.call("DescribeTable", { TableName: name });
    isActive = (Table as { readonly TableStatus?: string }).TableStatus === "ACTIVE";
    if (!isActive) await new Promise((resolve) => setImmediate(resolve));
  }
  const TimeToLiveSpecification = { AttributeName: "ttl", Enabled: true };
  await started.call("UpdateTimeToLive", { TableName: name, TimeToLiveSpecification });
  const call: Table["call"] = async (operation, input) => {
    try {
      return await started.call(operation, structuredClone(input) as Record<string, unknown>);
    } catch (error) {
      if (error instanceof DynamoDbError) return { code: error.code, Item: error.body.Item };
      throw error;
    }
  };
  return { model: new DynamoDbModel(), real: { name, clock, service: started, call } };
}

const tableStep = (name: string, run: (model: DynamoDbModel, real: Table) => Promise<void>) =>
  step<DynamoDbModel, Table>(name, run);

const key = fc.record({ pk: fc.constantFrom("a", "b"), sk: fc.constantFrom(-10, 0, 5, 20, 100) });
const number = fc.constantFrom(-1, 0, 1, 2, 3, 100);
const option = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const tags = fc.uniqueArray(fc.constantFrom<string[]>("x", "y", "z"), { minLength: 1 });
const state = fc.constantFrom("live", "done");
/** Past, near and so far back that it counts as a mistake. */
const ttl = fc.constantFrom(startMs / 1000 - 10, startMs / 1000 + 60, startMs / 1000 + 3600, 1_000_000);
const item: fc.Arbitrary<ModelItem> = fc
  .tuple(
    key,
    fc.record({ n: option(number), s: option(fc.constantFrom("x", "xy", "zz")), tags: option(tags) }),
    fc.record({ state: option(state), due: option(number), ttl: option(ttl) }),
  )
  .map(([key, some, more]) => ({ ...key, ...some, ...more }));

const N = (tenths: number) => ({ N: String(tenths / 10) });
const isThere = (item: ModelItem | undefined): item is ModelItem => item !== undefined;

const simpleCondition: fc.Arbitrary<ModelCondition> = fc.oneof(
  fc.constant({ expression: "attribute_exists(pk)", holds: isThere }),
  fc.constant({ expression: "attribute_not_exists(pk)", holds: (item: ModelItem | undefined) => !item }),
  fc.constantFrom<AttributeName>("n", "tags", "due").map((name) => ({
    expression: "attribute_exists(#c)",
    names: { "#c": name },
    holds: (item: ModelItem | undefined) => item?.[name] !== undefined,
  })),
  fc.tuple(fc.constantFrom("=", "<", ">="), number).map(([operator, value]) => ({
    expression: `n ${operator} :c`,
    values: { ":c": N(value) },
    holds(item: ModelItem | undefined) {
      if (item?.n === undefined) return false;
      return operator === "=" ? item.n === value : operator === "<" ? item.n < value : item.n >= value;
    },
  })),
  fc.tuple(number, number).map(([low, width]) => ({
    expression: "n BETWEEN :low AND :high",
    values: { ":low": N(low), ":high": N(low + Math.abs(width)) },
    holds: (item: ModelItem | undefined) => item?.n !== undefined && item.n >= low && item.n <= low + Math.abs(width),
  })),
  fc.constantFrom("x", "y").map((tag) => ({
    expression: "contains(tags, :tag)",
    values: { ":tag": { S: tag } },
    holds: (item: ModelItem | undefined) => item?.tags?.includes(tag) ?? false,
  })),
  fc.constant({
    expression: "begins_with(s, :start)",
    values: { ":start": { S: "x" } },
    holds: (item: ModelItem | undefined) => item?.s?.startsWith("x") ?? false,
  }),
  fc.constant({
    expression: "size(s) > :one",
    values: { ":one": { N: "1" } },
    holds: (item: ModelItem | undefined) => (item?.s?.length ?? 0) > 1,
  }),
);

const not = (condition: ModelCondition): ModelCondition => ({
  ...condition,
  expression: `NOT (${condition.expression})`,
  holds: (item) => !condition.holds(item),
});
const guarded = (operator: "AND" | "OR", condition: ModelCondition): ModelCondition => ({
  ...condition,
  expression: `attribute_exists(s) ${operator} ${condition.expression}`,
  holds(item) {
    const isGuarded = item?.s !== undefined;
    return operator === "AND" ? isGuarded && condition.holds(item) : isGuarded || condition.holds(item);
  },
});
const condition = fc.option(
  fc.oneof(
    { weight: 3, arbitrary: simpleCondition },
    { weight: 1, arbitrary: simpleCondition.map(not) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("AND" as const, "OR" as const), simpleCondition)
        .map(([operator, other]) => guarded(operator, other)),
    },
  ),
  { nil: undefined },
);

const sum = (a: number | undefined, b: number) => (a ?? 0) + b;
const change: fc.Arbitrary<ModelChange> = fc.oneof(
  number.map(
    (value): ModelChange => ({
      expression: "SET n = :v",
      values: { ":v": N(value) },
      touched: ["n"],
      apply: (item) => ({ ...item, n: value }),
    }),
  ),
  fc.tuple(fc.constantFrom(1, -1), number).map(
    ([sign, value]): ModelChange => ({
      expression: `SET n = n ${sign === 1 ? "+" : "-"} :v`,
      values: { ":v": N(value) },
      touched: ["n"],
      // "The provided expression refers to an attribute that does not exist in the item."
      apply: (item) => (item.n === undefined ? undefined : { ...item, n: item.n + sign * value }),
    }),
  ),
  number.map(
    (value): ModelChange => ({
      expression: "SET n = if_not_exists(n, :zero) + :v",
      values: { ":v": N(value), ":zero": { N: "0" } },
      touched: ["n"],
      apply: (item) => ({ ...item, n: sum(item.n, value) }),
    }),
  ),
  number.map(
    (value): ModelChange => ({
      expression: "ADD n :v",
      values: { ":v": N(value) },
      touched: ["n"],
      apply: (item) => ({ ...item, n: sum(item.n, value) }),
    }),
  ),
  tags.map(
    (tags): ModelChange => ({
      expression: "ADD tags :t",
      values: { ":t": { SS: tags } },
      touched: ["tags"],
      apply: (item) => ({ ...item, tags: [...new Set([...(item.tags ?? []), ...tags])] }),
    }),
  ),
  tags.map(
    (tags): ModelChange => ({
      expression: "DELETE tags :t",
      values: { ":t": { SS: tags } },
      touched: ["tags"],
      // A set without elements is no attribute.
      apply(item) {
        const left = item.tags?.filter((tag) => !tags.includes(tag));
        return { ...item, tags: left?.length === 0 ? undefined : left };
      },
    }),
  ),
  fc.tuple(state, number).map(
    ([state, due]): ModelChange => ({
      expression: "SET #state = :state, due = :due REMOVE n",
      values: { ":state": { S: state }, ":due": N(due) },
      touched: ["state", "due", "n"],
      apply: (item) => ({ ...item, state, due, n: undefined }),
    }),
  ),
  fc.constant<ModelChange>({
    expression: "REMOVE due, s",
    touched: ["due", "s"],
    apply: (item) => ({ ...item, due: undefined, s: undefined }),
  }),
  // Right sides see the item as it was.
  number.map(
    (value): ModelChange => ({
      expression: "SET due = if_not_exists(n, :v), n = :v",
      values: { ":v": N(value) },
      touched: ["due", "n"],
      apply: (item) => ({ ...item, due: item.n ?? value, n: value }),
    }),
  ),
);

function expressionOf(condition: ModelCondition | undefined, change?: ModelChange) {
  const names = { ...condition?.names, ...(change?.expression.includes("#state") && { "#state": "state" }) };
  const values = { ...condition?.values, ...change?.values };
  return {
    ...(condition && { ConditionExpression: condition.expression }),
    ...(change && { UpdateExpression: change.expression }),
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}

/** @param isOldWanted - whether a refused condition was to return the item. */
function expectAnswer(answer: Answer & { readonly code?: string }, expected: ModelAnswer, isOldWanted: boolean): void {
  if ("code" in expected) {
    expect(answer.code).toBe(expected.code);
    expect(inOrder(answer.Item)).toEqual(isOldWanted ? onWire(expected.item) : undefined);
  } else {
    expect(answer.code).toBeUndefined();
    expect(inOrder(answer.Attributes)).toEqual(onWire(expected.attributes));
  }
}

const onFailure = (isOldWanted: boolean) => ({
  ReturnValuesOnConditionCheckFailure: isOldWanted ? "ALL_OLD" : "NONE",
});

const writeSteps = [
  fc.tuple(item, condition, fc.boolean()).map(([item, condition, isOldWanted]) =>
    tableStep(`put ${JSON.stringify(item)} if ${condition?.expression}`, async (model, { name, call }) => {
      const answer = await call("PutItem", {
        TableName: name,
        Item: onWire(item),
        ReturnValues: isOldWanted ? "ALL_OLD" : "NONE",
        ...onFailure(isOldWanted),
        ...expressionOf(condition),
      });
      const expected = model.put(item, condition);
      expectAnswer(answer, "code" in expected || isOldWanted ? expected : { attributes: undefined }, isOldWanted);
    }),
  ),
  fc
    .tuple(
      key,
      change,
      condition,
      fc.constantFrom<ReturnValues>("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"),
      fc.boolean(),
    )
    .map(([key, change, condition, ReturnValues, isOldWanted]) =>
      tableStep(
        `update ${JSON.stringify(key)} by ${change.expression} ${JSON.stringify(change.values)} if ${condition?.expression} ${JSON.stringify(condition?.values)}, return ${ReturnValues}`,
        async (model, { name, call }) => {
          const answer = await call("UpdateItem", {
            TableName: name,
            Key: onWire(key),
            ReturnValues,
            ...onFailure(isOldWanted),
            ...expressionOf(condition, change),
          });
          expectAnswer(answer, model.update(key, change, condition, ReturnValues), isOldWanted);
        },
      ),
    ),
  fc.tuple(key, condition, fc.boolean()).map(([key, condition, isOldWanted]) =>
    tableStep(`delete ${JSON.stringify(key)} if ${condition?.expression}`, async (model, { name, call }) => {
      const answer = await call("DeleteItem", {
        TableName: name,
        Key: onWire(key),
        ReturnValues: isOldWanted ? "ALL_OLD" : "NONE",
        ...onFailure(isOldWanted),
        ...expressionOf(condition),
      });
      const expected = model.delete(key, condition);
      expectAnswer(answer, "code" in expected || isOldWanted ? expected : { attributes: undefined }, isOldWanted);
    }),
  ),
  fc.tuple(key, fc.integer({ min: 2, max: 5 })).map(([key, writers]) =>
    tableStep(`${writers} at once count ${JSON.stringify(key)} up`, async (model, { name, call }) => {
      const n = model.get(key)?.n;
      const condition: ModelCondition =
        n === undefined
          ? { expression: "attribute_not_exists(n)", holds: (item) => item?.n === undefined }
          : { expression: "n = :n", values: { ":n": N(n) }, holds: (item) => item?.n === n };
      const change: ModelChange = {
        expression: "SET n = :next",
        values: { ":next": N(sum(n, 10)) },
        touched: ["n"],
        apply: (item) => ({ ...item, n: sum(n, 10) }),
      };
      const update = { TableName: name, Key: onWire(key), ...expressionOf(condition, change) };
      const answers = await Promise.all(Array.from({ length: writers }, () => call("UpdateItem", update)));
      model.update(key, change, condition, "NONE");
      expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1);
    }),
  ),
  fc.array(fc.oneof(item, key), { minLength: 1, maxLength: 5 }).map((entries) =>
    tableStep(`write ${JSON.stringify(entries)} in one batch`, async (model, { name, call }) => {
      const requests = entries.map((entry) =>
        "n" in entry ? { PutRequest: { Item: onWire(entry) } } : { DeleteRequest: { Key: onWire(entry) } },
      );
      const answer = await call("BatchWriteItem", { RequestItems: { [name]: requests } });
      // "Provided list of item keys contains duplicates": the whole batch is refused.
      if (new Set(entries.map(({ pk, sk }) => `${pk} ${sk}`)).size < entries.length) {
        return expect(answer.code).toBe("ValidationException");
      }
      expect(answer.UnprocessedItems).toEqual({});
      for (const entry of entries) {
        if ("n" in entry) model.put(entry, undefined);
        else model.delete(entry, undefined);
      }
    }),
  ),
  fc.constantFrom(1, 60, 3600).map((seconds) =>
    tableStep(`${seconds} s pass, and items expire`, async (model, { name, clock, service, call }) => {
      clock.advance(seconds * 1000);
      await service.timeToLive.sweep();
      model.expire(Math.floor(clock.nowMs() / 1000));
      const { Count } = await call("Scan", { TableName: name, Select: "COUNT" });
      expect(Count).toBe(model.all().length);
    }),
  ),
];

const byKey = (a: ModelKey, b: ModelKey) => (a.pk === b.pk ? a.sk - b.sk : a.pk < b.pk ? -1 : 1);
const wireOrder = (items: readonly unknown[]) => items.map((item) => JSON.stringify(inOrder(item))).sort();
const sorted = (items: readonly Partial<ModelItem>[]) => wireOrder(items.map(onWire));

/** All pages of a search, each within its limit. */
async function pages(real: Table, operation: "Query" | "Scan", input: Answer): Promise<unknown[]> {
  const found: unknown[] = [];
  let ExclusiveStartKey: unknown;
  do {
    const page = await real.call(operation, {
      TableName: real.name,
      ...input,
      ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
    });
    expect(page.code).toBeUndefined();
    const items = page.Items as unknown[];
    expect(Number(page.ScannedCount)).toBeLessThanOrEqual(Number(input.Limit));
    expect(page.Count).toBe(items.length);
    found.push(...items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return found;
}

const limit = fc.integer({ min: 1, max: 7 });
const range = fc.constantFrom<readonly [string, (sk: number, value: number) => boolean]>(
  ["=", (sk, value) => sk === value],
  ["<", (sk, value) => sk < value],
  ["<=", (sk, value) => sk <= value],
  [">", (sk, value) => sk > value],
  [">=", (sk, value) => sk >= value],
);

const readSteps = [
  fc.tuple(key, fc.boolean()).map(([key, isPart]) =>
    tableStep(`get ${isPart ? "n and tags of " : ""}${JSON.stringify(key)}`, async (model, { name, call }) => {
      const projection = isPart ? { ProjectionExpression: "n, tags" } : {};
      const { Item } = await call("GetItem", { TableName: name, Key: onWire(key), ...projection });
      const item = model.get(key);
      const part = item && onWire({ n: item.n, tags: item.tags });
      expect(inOrder(Item)).toEqual(isPart ? part : onWire(item));
    }),
  ),
  fc.array(key, { minLength: 1, maxLength: 5 }).map((keys) =>
    tableStep(`get ${JSON.stringify(keys)} in one batch`, async (model, { name, call }) => {
      const answer = await call("BatchGetItem", { RequestItems: { [name]: { Keys: keys.map(onWire) } } });
      if (new Set(keys.map(({ pk, sk }) => `${pk} ${sk}`)).size < keys.length) {
        return expect(answer.code).toBe("ValidationException");
      }
      const found = (answer.Responses as Record<string, unknown[]>)[name] ?? [];
      expect(wireOrder(found)).toEqual(sorted(keys.flatMap((key) => model.get(key) ?? [])));
    }),
  ),
  fc
    .tuple(key, range, fc.boolean(), limit, condition)
    .map(([{ pk, sk }, [operator, isWithin], isForward, Limit, filter]) =>
      tableStep(
        `query ${pk}, sk ${operator} ${sk}, ${isForward ? "forward" : "backward"}, ${Limit} at a time, filter ${filter?.expression}`,
        async (model, real) => {
          const isAboutKeys = filter?.expression.includes("pk") ?? false;
          const expected = model.query(pk, (each) => isWithin(each, sk));
          if (!isForward) expected.reverse();
          const hasFilter = filter && !isAboutKeys;
          const found = await pages(real, "Query", {
            KeyConditionExpression: `pk = :pk AND sk ${operator} :sk`,
            ExpressionAttributeValues: { ":pk": { S: pk }, ":sk": N(sk), ...(hasFilter && filter.values) },
            ...(hasFilter && { FilterExpression: filter.expression }),
            ...(hasFilter && filter.names && { ExpressionAttributeNames: filter.names }),
            ScanIndexForward: isForward,
            Limit,
          });
          expect(found.map(inOrder)).toEqual(expected.filter((item) => !hasFilter || filter.holds(item)).map(onWire));
        },
      ),
    ),
  fc.tuple(state, number, fc.boolean(), limit).map(([state, due, isForward, Limit]) =>
    tableStep(`query the index for ${state} until ${due}, ${Limit} at a time`, async (model, real) => {
      const found = await pages(real, "Query", {
        IndexName: "due",
        KeyConditionExpression: "#state = :state AND due <= :due",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":state": { S: state }, ":due": N(due) },
        ScanIndexForward: isForward,
        Limit,
      });
      const keys = model.queryIndex(state, due).map(({ pk, sk, state, due }) => ({ pk, sk, state, due }));
      expect(wireOrder(found)).toEqual(sorted(keys));
      const dues = found.map((item) => (item as { due: unknown }).due);
      const inTime = keys.map(({ due }) => N(due));
      expect(dues).toEqual(isForward ? inTime : inTime.reverse());
    }),
  ),
  fc.tuple(limit, condition).map(([Limit, filter]) =>
    tableStep(`scan ${Limit} at a time, filter ${filter?.expression}`, async (model, real) => {
      const found = await pages(real, "Scan", {
        Limit,
        ...(filter && { FilterExpression: filter.expression }),
        ...(filter?.names && { ExpressionAttributeNames: filter.names }),
        ...(filter?.values && { ExpressionAttributeValues: filter.values }),
      });
      const expected = model.all().filter((item) => !filter || filter.holds(item));
      expect(wireOrder(found)).toEqual(sorted(expected.sort(byKey)));
    }),
  ),
];

describe("the embedded DynamoDB and a model of it, whatever clients do", () => {
  it("keep, refuse and find the same items", async () => {
    await compareWithModel([...writeSteps, ...writeSteps, ...readSteps], setUp, 60);
  });
});
