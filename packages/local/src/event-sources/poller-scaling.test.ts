import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import { createPollerScaling } from "./poller-scaling.ts";

async function isFree(scaling: ReturnType<typeof createPollerScaling>): Promise<boolean> {
  const impatient = new AbortController();
  let isResumed = false;
  void scaling.whenFree(impatient.signal).then(() => {
    isResumed = true;
  });
  await Promise.resolve();
  impatient.abort();
  return isResumed;
}

describe("batches under way at a time", () => {
  it("are five at first, and one more every 200 ms while all are busy", async () => {
    const clock = createManualClock();
    const scaling = createPollerScaling(clock, () => 1000);
    for (let batch = 0; batch < 5; batch += 1) {
      expect(await isFree(scaling)).toBe(true);
      scaling.begin();
    }
    expect(await isFree(scaling)).toBe(false);
    const waiting = scaling.whenFree(new AbortController().signal);
    clock.advance(200);
    await waiting;
    expect(scaling.limit).toBe(6);
  });

  it("are never more than the maximum, however long they take", async () => {
    const clock = createManualClock();
    const scaling = createPollerScaling(clock, () => 2);
    scaling.begin();
    const end = scaling.begin();
    const waiting = scaling.whenFree(new AbortController().signal);
    clock.advance(60_000);
    expect(scaling.limit).toBe(2);
    end();
    await waiting;
  });

  it("halve with each failure, down to one, and grow again", async () => {
    const clock = createManualClock();
    const scaling = createPollerScaling(clock, () => 1000);
    for (let failure = 0; failure < 4; failure += 1) scaling.backOff();
    expect(scaling.limit).toBe(1);
    scaling.begin();
    const waiting = scaling.whenFree(new AbortController().signal);
    clock.advance(200);
    await waiting;
    expect(scaling.limit).toBe(2);
  });

  it("are five again after a rest", async () => {
    const clock = createManualClock();
    const scaling = createPollerScaling(clock, () => 1000);
    const ends = Array.from({ length: 5 }, () => scaling.begin());
    const waiting = scaling.whenFree(new AbortController().signal);
    clock.advance(200);
    await waiting;
    for (const end of ends) end();
    expect(scaling.limit).toBe(5);
  });
});
