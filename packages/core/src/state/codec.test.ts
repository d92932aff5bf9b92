import { describe, expect, it } from "vitest";
import { admitState, assertCodec, type StandardSchema, type StateCodecOptions, StateVersionError } from "./codec.ts";

interface Position {
  readonly at: number;
}

/** A validator made by hand, as Zod, Valibot and ArkType are. */
function schema(isAsync = false): StandardSchema<Position> {
  const validate = (value: unknown) => {
    const at = (value as { at?: unknown } | null)?.at;
    if (typeof at === "number") return { value: { at } };
    return { issues: [{ message: "Expected a number.", path: ["at", { key: 0 }] }, { message: "And more." }] };
  };
  return {
    "~standard": { version: 1, vendor: "by hand", validate: isAsync ? async (value) => validate(value) : validate },
  };
}

describe("a state that comes in is validated", () => {
  it.each([false, true])("by any Standard Schema validator (asynchronous: %j)", async (isAsync) => {
    expect(await admitState({ schema: schema(isAsync) }, { at: 1, more: 2 })).toEqual({ at: 1 });
    await expect(admitState({ schema: schema(isAsync) }, { at: "1" })).rejects.toMatchObject({
      code: "STATE",
      path: "state.at.0",
      message: "state.at.0: Expected a number.",
    });
  });

  it("or taken as it is where there is none", async () => {
    expect(await admitState({}, null)).toBeNull();
  });
});

describe("a state has a version", () => {
  const options: StateCodecOptions<Position> = {
    stateVersion: 3,
    schema: schema(),
    migrate: (state, from) => ({ at: (state as { line: number }).line * 10 + from }),
  };

  it("and is migrated from an older one, then validated", async () => {
    expect(await admitState(options, { line: 4 }, 1)).toEqual({ at: 41 });
    expect(await admitState(options, { line: 4 }, 0)).toEqual({ at: 40 });
    await expect(admitState({ ...options, migrate: () => ({}) }, { line: 4 }, 1)).rejects.toMatchObject({
      path: "state.at.0",
    });
  });

  it("by a migration that may take its time", async () => {
    expect(await admitState({ ...options, migrate: async () => ({ at: 9 }) }, {}, 2)).toEqual({ at: 9 });
  });

  it("and is not migrated from its own", async () => {
    expect(await admitState(options, { at: 4 }, 3)).toEqual({ at: 4 });
  });

  it.each<[string, StateCodecOptions<Position>, number, string]>([
    ["a newer one", options, 4, "is of version 4; this code knows 3"],
    ["a newer one, where this code has none", {}, 1, "is of version 1; this code knows 0"],
    ["an older one, without migrate", { stateVersion: 3 }, 2, "is of version 2; this code knows 3 and has no migrate"],
  ])("%s is refused, never guessed", async (_, at, version, message) => {
    const admitting = admitState(at, {}, version);
    await expect(admitting).rejects.toBeInstanceOf(StateVersionError);
    await expect(admitting).rejects.toThrow(message);
  });

  it.each([0, -1, 1.5, "2", Number.NaN])("%j is none", (stateVersion) => {
    expect(() => assertCodec({ stateVersion: stateVersion as number })).toThrow(
      "state.version must be a whole number from 1",
    );
  });

  it("which migrate needs", () => {
    expect(() => assertCodec({ migrate: (state) => state })).toThrow("state.migrate needs state.version");
  });
});
