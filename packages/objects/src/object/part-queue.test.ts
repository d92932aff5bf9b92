import { describe, expect, it } from "vitest";
import { PartQueue } from "./part-queue.ts";

/** A queue whose uploads end when the test says so. */
function queueOf(maxInFlight = 2) {
  const underWay = new Map<number, { resolve: () => void; reject: (error: Error) => void; signal: AbortSignal }>();
  const uploaded: number[] = [];
  const queue = new PartQueue<{ number: number }>({
    maxInFlight,
    upload: ({ number }, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        underWay.set(number, { resolve, reject, signal });
      }),
    onUploaded: ({ number }) => void uploaded.push(number),
  });
  const add = (...numbers: number[]): void => {
    for (const number of numbers) queue.add({ number });
  };
  return { queue, underWay, uploaded, add };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  await turn();
  return settled;
};

describe("parts are uploaded in the background", () => {
  it("a few at a time, the next when one is done", async () => {
    const { queue, underWay, uploaded, add } = queueOf();
    add(1, 2, 3);
    await turn();
    expect([...underWay.keys()]).toEqual([1, 2]);
    expect(queue.hasRoom).toBe(false);
    const room = queue.room();
    expect(await isSettled(room)).toBe(false);
    underWay.get(2)!.resolve();
    await room;
    await turn();
    expect([...underWay.keys()]).toEqual([1, 2, 3]);
    expect(uploaded).toEqual([2]);
  });

  it("and those up to a number can be waited for", async () => {
    const { queue, underWay, add } = queueOf();
    add(1, 2);
    await turn();
    const first = queue.settled(1);
    underWay.get(2)!.resolve();
    expect(await isSettled(first)).toBe(false);
    underWay.get(1)!.resolve();
    await first;
    await queue.settled(9);
  });

  it("a failure is told to whoever waits, and nothing more is begun", async () => {
    const { queue, underWay, add } = queueOf();
    add(1, 2, 3, 4);
    await turn();
    const room = queue.room();
    underWay.get(2)!.reject(new Error("denied"));
    await expect(room).rejects.toThrow("denied");
    underWay.get(1)!.resolve();
    await turn();
    expect([...underWay.keys()]).toEqual([1, 2]);
    expect(queue.hasRoom).toBe(false);
    await expect(queue.room()).rejects.toThrow("denied");
    await queue.settled(1);
    await expect(queue.settled(3)).rejects.toThrow("denied");
  });

  it("and those from a number on can be cancelled, begun or not, without harm to the others", async () => {
    const { queue, underWay, uploaded, add } = queueOf();
    add(1, 2, 3);
    await turn();
    await queue.cancelFrom(2);
    expect(underWay.get(2)!.signal.aborted).toBe(true);
    underWay.get(1)!.resolve();
    await queue.settled(1);
    await turn();
    expect([...underWay.keys()]).toEqual([1, 2]);
    expect(uploaded).toEqual([1]);
    await expect(queue.settled(3)).rejects.toThrow("closed");
  });
});
