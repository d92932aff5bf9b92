import assert from "node:assert/strict";
import { defineVerification, type VerifyOptions } from "../src/testing/verify-options.ts";

/** A handler with a bug that people make, and the same handler without it. */
export interface VerifiedHandler {
  readonly bug: string;
  /** How many faults show it. */
  readonly faults: number;
  /** Part of the message that refutes it. */
  readonly finding: RegExp;
  // biome-ignore lint/suspicious/noExplicitAny: each has services of its own
  readonly make: (isMended: boolean) => VerifyOptions<any>;
}

const ORDERS = ["a", "b"];
const event = { orders: ORDERS };
type Orders = typeof event;

/** Bugs in users' handlers, of the kinds that reviews miss. */
export const VERIFIED_HANDLERS: readonly VerifiedHandler[] = [
  {
    bug: "a total that is counted outside of the state",
    faults: 1,
    finding: /total/,
    make: (isMended) =>
      defineVerification({
        event,
        handler(world) {
          let counted = 0;
          return world.recursive({
            start: (_event: Orders) => ({ next: 0, total: 0 }),
            async *run(state, { event: { orders } }) {
              for (let { next, total } = state; next < orders.length; ) {
                await world.step(1_000);
                counted += 1;
                total += 1;
                next += 1;
                yield { next, total };
                state = { next, total };
              }
              await world.effect("total", isMended ? state.total : counted);
            },
          });
        },
        invariant: ({ effects }) => assert.equal(effects.values.get("total"), 2, "the total is wrong"),
      }),
  },
  {
    bug: "a side effect that is not idempotent",
    faults: 1,
    finding: /charged twice/,
    make: (isMended) =>
      defineVerification({
        event,
        services: () => ({ keys: new Set<string>(), charged: [] as string[] }),
        handler: (world, mail) =>
          world.recursive({
            start: (_event: Orders) => 0,
            async *run(next, { event: { orders }, run }) {
              for (const order of orders.slice(next)) {
                const key = `${run.id}/${order}`;
                await world.call("charge", () => {
                  if (isMended && mail.keys.has(key)) return;
                  mail.keys.add(key);
                  mail.charged.push(order);
                });
                yield ++next;
              }
            },
          }),
        always: ({ charged }) => assert.equal(new Set(charged).size, charged.length, "an order was charged twice"),
        invariant: (_result, { charged }) => assert.deepEqual(charged, ORDERS),
      }),
  },
  {
    bug: "module state that an earlier invocation left",
    faults: 1,
    finding: /never sent/,
    make: (isMended) =>
      defineVerification({
        event,
        services: () => new Set<string>(),
        handler(world, sent) {
          const known = new Set<string>();
          return world.recursive({
            start: (_event: Orders) => 0,
            async *run(next, { event: { orders } }) {
              for (const order of orders.slice(next)) {
                if (isMended || !known.has(order)) {
                  known.add(order);
                  await world.call("send", () => sent.add(order));
                }
                yield ++next;
              }
            },
          });
        },
        invariant: (_result, sent) => assert.equal(sent.size, 2, "an order was never sent"),
      }),
  },
  {
    bug: "a source that is deleted before the state is saved",
    faults: 1,
    finding: /runIsDone/,
    make: (isMended) =>
      defineVerification({
        event,
        services: () => new Set(ORDERS),
        handler: (world, bucket) =>
          world.recursive({
            start: (_event: Orders) => 0,
            async *run(next, { event: { orders }, onSaved }) {
              const remove = (order: string) => world.call("delete", () => bucket.delete(order));
              if (isMended) {
                onSaved(async (saved) => {
                  for (const order of orders.slice(0, saved)) await remove(order);
                });
              }
              for (const order of orders.slice(next)) {
                await world.call("read", () => {
                  if (!bucket.has(order)) throw new Error(`There is no object ${order}.`);
                });
                if (!isMended) await remove(order);
                yield ++next;
              }
            },
          }),
      }),
  },
  {
    bug: "a step that ignores its fence",
    faults: 2,
    finding: /progress went back/,
    make: (isMended) =>
      defineVerification({
        event,
        faults: ["stuckStep", "coldStart"],
        handler: (world) =>
          world.recursive({
            start: (_event: Orders) => 0,
            async *run(next, { event: { orders }, run, signal }) {
              while (next < orders.length) {
                await world.step(1_000, { signal });
                await world.effect("progress", next + 1, isMended ? { fence: run.fence } : {});
                yield ++next;
              }
            },
          }),
        invariant({ effects }) {
          const values = effects.attempts.filter(({ isAccepted }) => isAccepted).map(({ value }) => value as number);
          assert.deepEqual(
            values,
            values.toSorted((one, other) => one - other),
            "the progress went back",
          );
        },
      }),
  },
  {
    bug: "an update that another run overwrites",
    faults: 0,
    finding: /an update was lost/,
    make: (isMended) =>
      defineVerification({
        events: [{ event: { by: 1 } }, { event: { by: 2 } }],
        faults: ["crash", "duplicated"],
        maxFaults: 1,
        services: () => ({ stock: 10, version: 0, booked: new Set<string>() }),
        handler: (world, table) =>
          world.recursive({
            start: (_event: { by: number }) => null,
            async *run(_state, { event: { by }, run }) {
              for (let isBooked = false; !isBooked; ) {
                const { stock, version } = await world.call("read", () => ({ ...table }));
                await world.step(500);
                isBooked = await world.call("write", () => {
                  if (table.booked.has(run.id)) return true;
                  if (isMended && version !== table.version) return false;
                  table.stock = stock - by;
                  table.version++;
                  table.booked.add(run.id);
                  return true;
                });
              }
              yield null;
            },
          }),
        invariant: (_result, table) => assert.equal(table.stock, 7, "an update was lost"),
      }),
  },
];
