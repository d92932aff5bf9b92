import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Outbox } from "./outbox.ts";

interface State {
  /** The object that the state refers to. */
  readonly uses: string;
  readonly discard: readonly string[];
}

/** An outbox that remembers what was done. */
function outboxOf(carried: readonly string[], isSaved: boolean, fails: (item: string) => boolean = () => false) {
  const done: string[] = [];
  const failures: unknown[] = [];
  const outbox = new Outbox<string>({
    carried,
    isSaved,
    perform: async (item) => {
      if (fails(item)) throw new Error(item);
      done.push(item);
    },
    onFailure: (error) => failures.push(error),
  });
  return { outbox, done, failures };
}

describe("an item is done once a state that holds it was saved, and not before", () => {
  it("is in the next state first", async () => {
    const { outbox, done } = outboxOf([], true);
    outbox.add("a");
    await outbox.resume();
    expect([done, outbox.items]).toEqual([[], ["a"]]);
    await outbox.flush(["a"]);
    expect([done, outbox.items]).toEqual([["a"], []]);
  });

  it("not because a state was saved that does not hold it", async () => {
    const { outbox, done } = outboxOf([], true);
    outbox.add("a");
    await outbox.flush([]);
    expect([done, outbox.items]).toEqual([[], ["a"]]);
  });

  it("at once if the state this hop began with holds it", async () => {
    const { outbox, done } = outboxOf(["a"], true);
    await outbox.resume();
    expect([done, outbox.items]).toEqual([["a"], []]);
  });

  it("at the end of the run only, where no store keeps the state", async () => {
    const { outbox, done } = outboxOf(["a"], false);
    await outbox.resume();
    expect([done, outbox.items]).toEqual([[], ["a"]]);
    await outbox.flush();
    expect(done).toEqual(["a"]);
  });

  it("stays if it could not be done, and others are done", async () => {
    const { outbox, done, failures } = outboxOf(["a", "b"], true, (item) => item === "a");
    await outbox.resume();
    expect([done, outbox.items, failures]).toEqual([["b"], ["a"], [new Error("a")]]);
  });

  it("the same item put in twice is one", () => {
    const { outbox } = outboxOf(["a"], true);
    outbox.add("a");
    expect(outbox.items).toEqual(["a"]);
  });

  it("what is under way is given up when the hop ends, and stays", async () => {
    const outbox = new Outbox<string>({
      carried: ["a", "b"],
      isSaved: true,
      perform: (_, signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      onFailure: () => expect.unreachable(),
    });
    void outbox.resume();
    await Promise.resolve();
    await outbox.close();
    expect(outbox.items).toEqual(["a", "b"]);
  });
});

describe("whatever is saved, fails or crashes", () => {
  const step = fc.constantFrom("replace", "save", "crash", "fail");

  it("nothing is deleted that the saved state uses, and in the end all else is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        let names = 0;
        let isFailing = false;
        let saved: State = { uses: "object 0", discard: [] };
        let state = saved;
        const objects = new Set(["object 0"]);
        const begin = () =>
          new Outbox<string>({
            carried: saved.discard,
            isSaved: true,
            async perform(name) {
              if (isFailing) throw new Error("refused");
              expect(name).not.toBe(saved.uses);
              objects.delete(name);
            },
          });
        let outbox = begin();
        const save = async () => {
          state = { ...state, discard: outbox.items };
          saved = JSON.parse(JSON.stringify(state)) as State;
          await outbox.flush(saved.discard);
        };
        for (const what of [...steps, "end"]) {
          isFailing = what === "fail";
          if (what === "replace") {
            outbox.add(state.uses);
            state = { uses: `object ${++names}`, discard: outbox.items };
            objects.add(state.uses);
          } else if (what === "crash") {
            // What was made since the last save is found by nobody: it is made again, under the same name.
            for (const name of objects) if (name !== saved.uses && !saved.discard.includes(name)) objects.delete(name);
            state = saved;
            names = Number(saved.uses.slice("object ".length));
            outbox = begin();
            await outbox.resume();
          } else await save();
          expect(objects).toContain(saved.uses);
        }
        await save();
        expect([...objects]).toEqual([saved.uses]);
        expect(outbox.items).toEqual([]);
      }),
    );
  });
});
