import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carriedOut } from "./carried-out.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-verify-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Writes a verification of a handler that charges two orders. */
async function fileOf(name: string, charge: string, options = ""): Promise<string> {
  const file = join(directory, name);
  await writeFile(
    file,
    `export default {
      event: { orders: ["a", "b"] },
      services: () => [],
      maxFaults: 1,
      ${options}
      handler: (world, charged) => world.recursive({
        start: () => 0,
        async *run(next, { event, run }) {
          for (const order of event.orders.slice(next)) {
            console.log("charging", order);
            await world.call("charge", () => { ${charge} });
            yield ++next;
          }
        },
      }),
      invariant(result, charged) {
        if (charged.join() !== "a,b") throw new Error("charged " + charged.join());
      },
    };`,
  );
  return file;
}
const wrong = () => fileOf("wrong.mjs", "charged.push(order)");
const right = (name = "right.mjs", options = "") =>
  fileOf(name, "if (!charged.includes(order)) charged.push(order)", options);

describe("longhaul verify", () => {
  it("exits with 0 and says what it covered, if nothing is refuted", async () => {
    const { code, stdout } = await carriedOut("verify", await right());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0 faults: 1 trial\n1 fault: \d+ trials\nHolds in every trial with at most 1 fault\.\n$/);
  });

  it("exits with 1 and prints the faults, what happened and how to replay it, if something is", async () => {
    const file = await wrong();
    const { code, stdout } = await carriedOut("verify", file);
    expect(code).toBe(1);
    expect(stdout).toContain("Refuted by 1 fault (crash): charged a,a,b");
    expect(stdout).toContain("CRASHED after charge");
    const [, replay = ""] = /Replay: longhaul verify \S+ --replay (\S+)\n$/.exec(stdout) ?? [];
    const again = await carriedOut("verify", file, "--replay", replay);
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining("charged a,a,b") });
  });

  it("prints JSON, and nothing that the handler prints", async () => {
    const holds = await carriedOut("verify", await right(), "--json");
    expect(JSON.parse(holds.stdout)).toMatchObject({
      holds: true,
      isWhole: true,
      covered: [{ faults: 0 }, { faults: 1 }],
    });
    const { code, stdout } = await carriedOut("verify", await wrong(), "--json");
    expect(code).toBe(1);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ holds: false, finding: "charged a,a,b", faults: [{ fault: "crash" }] });
    expect(found.trace).toContainEqual(expect.objectContaining({ type: "crashed" }));
  });

  it("takes its limits from the command line", async () => {
    const { stdout } = await carriedOut("verify", await wrong(), "--max-faults", "0");
    expect(stdout).toBe("0 faults: 1 trial\nHolds in every trial with no fault.\n");
    const short = await carriedOut("verify", await right(), "--timeout", "0.000001");
    expect(short.code).toBe(0);
    expect(short.stdout).toContain("Then a limit ended it: raise --timeout, or the file's maxTrials.");
  });

  it("says that a limit of the file ended it", async () => {
    const { code, stdout } = await carriedOut("verify", await right("few.mjs", "maxTrials: 3,"));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^1 fault: 2 of \d+ trials\nHolds in every trial with no fault\. Then a limit ended it: .*maxTrials/m,
    );
  });

  it("exits with 2, if the file is not there or has no verification", async () => {
    const none = await carriedOut("verify", join(directory, "none.mjs"));
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no file") });
    const file = join(directory, "other.mjs");
    await writeFile(file, "export const handler = 1;");
    const other = await carriedOut("verify", file);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("export default defineVerification(") });
  });
});
