import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { invocation } from "../test/invocation.ts";
import { handler } from "./python-neighbour.ts";

const neighbour = fileURLToPath(new URL("../python/neighbour.py", import.meta.url));

/** Where there is no Python the test is skipped; under LONGHAUL_PEERS=required that is an error. */
function hasPython(): boolean {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    if (process.env.LONGHAUL_PEERS === "required") throw error;
    return false;
  }
}

afterEach(() => void vi.unstubAllGlobals());

const isThere = hasPython();
const skipped = isThere ? "" : "skipped, there is no python3: ";

it.skipIf(!isThere)(`${skipped}a run changes its language at any hop, and does each item once`, async () => {
  const done: number[] = [];
  const time = { leftMs: 60_000 };
  vi.stubGlobal("fetch", async (url: string) => {
    done.push(Number(url.split("/").at(-1)));
    if (done.length % 4 === 0) time.leftMs = 100; // the hop ends
    return new Response();
  });

  const first = await handler({ items: 20 }, invocation(time));
  if (first.status !== "continued") throw new Error(first.message);
  expect(done).toEqual([0, 1, 2, 3]);

  const input = JSON.stringify(first.continuation);
  const output = execFileSync("python3", [neighbour], { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  const event = JSON.parse(output) as { items: number; position: number };
  expect(event.position).toBe(7);

  time.leftMs = 60_000;
  const second = await handler(event, invocation(time));
  expect(second).toMatchObject({ status: "continued", run: first.run, hop: 1 });
  expect(done).toEqual([0, 1, 2, 3, 7, 8, 9, 10]);
});
