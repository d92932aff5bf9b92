import { describe, expect, it } from "vitest";
import type { ListedObject } from "../walk/listed-page.ts";
import { eachWork } from "./each-work.ts";
import { ObjectActionError } from "./object-failure.ts";
import { isWorthRetrying, type Patience, tryPatiently } from "./patience.ts";
import { Slots } from "./slots.ts";

const objects = (count: number): ListedObject[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, size: i, lastModified: "", etag: "", storageClass: "" }));
const { signal } = new AbortController();
const answered = (httpStatusCode: number) => Object.assign(new Error("refused"), { $metadata: { httpStatusCode } });

function patiently(delays: number[] = []): Patience {
  return { tries: 3, pause: async (delayMs) => void delays.push(delayMs), random: () => 0.5 };
}

describe("work on each object", () => {
  it("goes on for no more objects at once than there are slots, over all pages", async () => {
    let running = 0;
    let most = 0;
    const done: string[] = [];
    const work = eachWork({
      name: "each",
      slots: new Slots(3),
      patience: patiently(),
      async work({ key }) {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        done.push(key);
      },
    });
    const failures = await Promise.all([objects(20), objects(20)].map((page) => work(page, signal)));
    expect(failures).toEqual([[], []]);
    expect(most).toBe(3);
    expect(done.sort()).toEqual([...objects(20), ...objects(20)].map(({ key }) => key).sort());
  });

  it("is tried again with growing pauses, and then given up by name, while the others go on", async () => {
    const delays: number[] = [];
    const tries: Record<string, number> = {};
    const work = eachWork({
      name: "each",
      slots: new Slots(1),
      patience: patiently(delays),
      async work({ key }) {
        tries[key] = (tries[key] ?? 0) + 1;
        if (key === "k1" || (key === "k2" && tries[key] < 3)) throw new TypeError("no luck");
      },
    });
    expect(await work(objects(4), signal)).toEqual([{ key: "k1", code: "TypeError", message: "no luck" }]);
    expect(tries).toEqual({ k0: 1, k1: 3, k2: 3, k3: 1 });
    expect(delays).toEqual([100, 200, 100, 200]);
  });

  it("is not tried again if the answer would be the same", async () => {
    expect([400, 403, 404, 412].map((status) => isWorthRetrying(answered(status)))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([200, 408, 409, 429, 500, 503].filter((status) => !isWorthRetrying(answered(status)))).toEqual([]);
    expect(isWorthRetrying(Object.assign(answered(404), { name: "NoSuchUpload" }))).toBe(true);
    let tries = 0;
    const attempt = async () => {
      tries++;
      throw answered(403);
    };
    const given = tryPatiently("each", "a\n", attempt, patiently(), signal);
    await expect(given).rejects.toThrow('each failed for "a\\n" in 1 tries: refused');
    await expect(given).rejects.toBeInstanceOf(ObjectActionError);
    expect(tries).toBe(1);
  });

  it("ends with the signal's reason when time is up, begins nothing more, and gives its slots back", async () => {
    const controller = new AbortController();
    const reason = new Error("the hop is ending");
    const slots = new Slots(2);
    const begun: string[] = [];
    const work = eachWork({
      name: "each",
      slots,
      patience: patiently(),
      async work({ key }, given) {
        begun.push(key);
        if (key === "k3") controller.abort(reason);
        given.throwIfAborted();
      },
    });
    await expect(work(objects(50), controller.signal)).rejects.toBe(reason);
    expect(begun.length).toBeLessThan(7);
    await Promise.all([slots.take(), slots.take()]);
  });
});
