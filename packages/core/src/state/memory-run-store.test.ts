import { describe, expect, it } from "vitest";
import { type StoreCase, storeCases } from "../conformance.ts";
import { memoryRunStore } from "./memory-run-store.ts";
import type { RunHistory } from "./run-store.ts";

describe.each([
  { name: "memoryRunStore()", rules: {} },
  { name: "memoryRunStore() whose runs must exist", rules: { mustExist: true, onMissing: "end" as const } },
])("$name conforms", ({ rules }) => {
  for (const { name, run } of storeCases) it(name, () => run(() => ({ store: memoryRunStore(new Map(), rules) })));
});

describe("the conformance suite notices", () => {
  const failing = async (change: (store: ReturnType<typeof memoryRunStore>) => object): Promise<StoreCase[]> => {
    const failed: StoreCase[] = [];
    for (const each of storeCases) {
      const store = memoryRunStore();
      await each.run(() => ({ store: { ...store, ...change(store) } })).catch(() => failed.push(each));
    }
    return failed;
  };

  const historyOf =
    (change: Partial<RunHistory>) =>
    ({ history }: ReturnType<typeof memoryRunStore>) => ({ history: { ...history, ...change } });

  it("nothing in a store that is right", async () => {
    expect(await failing(() => ({}))).toEqual([]);
  });

  it.each<[string, (store: ReturnType<typeof memoryRunStore>) => object]>([
    [
      "a lease that is given to two",
      (store) => ({ begin: async (r: never) => ({ ok: true, record: (await store.begin(r)).record }) }),
    ],
    ["renewals that are not made", () => ({ renew: async () => ({ ok: true }) })],
    [
      "writes of any owner",
      (store) => ({ checkpoint: async (w: never) => ({ ...(await store.checkpoint(w)), ok: true }) }),
    ],
    ["runs that are never due", () => ({ due: async () => ({ runs: [] }) })],
    ["runs that are always due", () => ({ postpone: async () => ({}) })],
    ["a list of one page", (store) => ({ page: async (q: never) => ({ records: (await store.page(q)).records }) })],
    ["a run that is created twice", () => ({ create: async () => true })],
    ["states that are not kept", historyOf({ read: async () => undefined })],
    ["slots that any attempt may use", historyOf({ keep: async () => true })],
    ["runs that are not rewound", historyOf({ rewind: async () => undefined })],
    ["histories that stay when their runs are deleted", ({ history }) => ({ history, delete: async () => true })],
  ])("%s", async (_, change) => {
    expect(await failing(change)).not.toEqual([]);
  });
});
