import { expect, it } from "vitest";
import run from "../samples/first-page/photos.picture.ts";
import { hopLines } from "./hop-lines.ts";

it("a run as text has a line for each invocation", async () => {
  const history = await run();
  const lines = hopLines(history).split("\n");
  expect(lines).toHaveLength(history.hops.length + 2);
  expect(lines[0]).toMatch(/^hop {2}0 .* continued .* instance 1 .* 447 safe points$/);
  expect(lines.at(-1)).toMatch(/^done after 1 h/);
});

it("a run that was checked says in the end what was found", async () => {
  const history = { ...(await run()), check: { isOk: false, message: "2 of 3" } };
  expect(hopLines(history).split("\n").at(-1)).toBe("WRONG  2 of 3");
});

it("a function without safe points has no column for them", async () => {
  const history = await run();
  expect(hopLines({ ...history, hops: history.hops.map((hop) => ({ ...hop, steps: 0 })) })).not.toContain(
    "safe points",
  );
});
