import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CarefulSteps, type Caution } from "./caution.ts";

interface Machine {
  readonly records: number;
  readonly batchSize: number;
  /** Ordinary steps between two saved states. */
  readonly stepsToSave: number;
  /** Data records that kill the process that reads them. */
  readonly killers: ReadonlySet<number>;
}

/** Follows a run from attempt to attempt. */
function follow({ records, batchSize, stepsToSave, killers }: Machine) {
  let saved: { readonly record: number; readonly caution: Caution | undefined } = { record: 0, caution: undefined };
  let deaths = 0;
  let steps = 0;
  const setAside: number[] = [];
  for (let attempts = 1; attempts < 1_000; attempts++) {
    const careful = new CarefulSteps(saved.caution, deaths, batchSize);
    let at = saved.record;
    const dies = (() => {
      while (at < records) {
        const mustBeSaved = careful.areOn;
        const isSuspect = careful.isSuspectNext;
        const end = Math.min(at + batchSize, at + careful.maxRecords, records);
        for (let record = at; record < end; record++) if (killers.has(record) && !isSuspect) return true;
        const caution = careful.step();
        if (isSuspect) setAside.push(at);
        at = end;
        if (mustBeSaved || ++steps % stepsToSave === 0) {
          saved = { record: at, caution };
          deaths = 0;
        }
      }
      return false;
    })();
    if (!dies) return { attempts, setAside };
    deaths++;
  }
  throw new Error("It never ends.");
}

describe("a data record that kills its hops is found", () => {
  it.each([
    [{ records: 1_000, batchSize: 100, stepsToSave: 4, killers: new Set([777]) }],
    [{ records: 1_000, batchSize: 100, stepsToSave: 1e9, killers: new Set([0]) }],
    [{ records: 1_000, batchSize: 1, stepsToSave: 1e9, killers: new Set([999]) }],
    [{ records: 3, batchSize: 500, stepsToSave: 1, killers: new Set([1, 2]) }],
  ])("%j", (machine) => {
    const { attempts, setAside } = follow(machine);
    expect(setAside).toEqual([...machine.killers]);
    expect(attempts).toBeLessThanOrEqual(1 + 7 * machine.killers.size);
  });

  it("wherever it is, and no other is set aside", () => {
    const machine = fc.record({
      records: fc.integer({ min: 1, max: 300 }),
      batchSize: fc.integer({ min: 1, max: 50 }),
      stepsToSave: fc.integer({ min: 1, max: 12 }),
      killers: fc.uniqueArray(fc.nat(299), { maxLength: 3 }).map((numbers) => new Set(numbers)),
    });
    fc.assert(
      fc.property(machine, (made) => {
        const killers = [...made.killers].filter((record) => record < made.records).sort((a, b) => a - b);
        const { attempts, setAside } = follow(made);
        expect(setAside).toEqual(killers);
        expect(attempts).toBeLessThanOrEqual(1 + 8 * killers.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a run is careful", () => {
  it("from the second death in a row on, and not before", () => {
    expect([0, 1, 2].map((deaths) => new CarefulSteps(undefined, deaths, 500).maxRecords)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      250,
    ]);
  });

  it("until it has passed the half that killed, if nothing kills any more", () => {
    const careful = new CarefulSteps({ records: 250, steps: 1_000 }, 1, 500);
    for (let step = 0; step < 250; step++) {
      expect(careful.maxRecords).toBe(1);
      careful.step();
    }
    expect(careful.areOn).toBe(false);
    expect(careful.maxRecords).toBe(Number.POSITIVE_INFINITY);
  });
});
