import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestbed, type Testbed } from "./lambda-testbed.ts";

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed({ initTimeoutMs: 30_000 });
});
afterAll(() => bed.close());

/** Invokes a handler with this body once; answers with what it printed before the end of its invocation was told. */
async function printedBy(body: string, config: { readonly timeoutSeconds?: number } = {}) {
  const functionName = await bed.deploy(
    `import { spawnSync } from "node:child_process";
     import { writeSync } from "node:fs";
     export const handler = async () => { ${body} };`,
    { timeoutSeconds: 60, memoryMb: 512, ...config },
  );
  const messages: string[] = [];
  let printed: readonly string[] = [];
  let status = "";
  const ends = [
    bed.lambda.on("log", (event) => {
      if (event.functionName === functionName && !/^(?:START|END|REPORT) RequestId/.test(event.line)) {
        messages.push(event.message);
      }
    }),
    bed.lambda.on("invoke.end", (event) => {
      if (event.functionName !== functionName) return;
      printed = [...messages];
      status = event.status;
    }),
  ];
  const answer = await bed.lambda.invoke({ functionName, payload: "{}" });
  await bed.lambda.idle();
  for (const end of ends) end();
  return { printed, status, answer };
}

const LINES = 50_000;
const numbered = (count: number, text = "line") => Array.from({ length: count }, (_, at) => `${text} ${at}`);
const loop = (body: string, count = LINES) => `for (let at = 0; at < ${count}; at++) { ${body} }`;

describe("all that a function prints is told, in order, before its invocation has ended", () => {
  it.each([
    ["console.log", 'console.log("line", at);'],
    ["console.error", 'console.error("line " + at);'],
    ["process.stdout", 'process.stdout.write("line " + at + "\\n");'],
    ["process.stderr", 'process.stderr.write("line " + at + "\\n");'],
    ["the descriptor", 'writeSync(1, "line " + at + "\\n");'],
    ["streams that take turns", '(at % 2 ? process.stdout : process.stderr).write("line " + at + "\\n");'],
    ["console and streams in turns", 'at % 2 ? console.warn("line", at) : process.stdout.write("line " + at + "\\n");'],
  ])("%s, 50,000 lines", async (_, body) => {
    const { printed, status } = await printedBy(loop(body));
    expect(status).toBe("ok");
    expect(printed.length).toBe(LINES);
    expect(printed).toEqual(numbered(LINES));
  });

  it.each([
    ["by console.log", 'console.log("x".repeat(5_000_000));'],
    ["by a stream", 'process.stdout.write("x".repeat(5_000_000) + "\\n");'],
    ["without a line feed, which the end supplies", 'process.stdout.write("x".repeat(5_000_000)); process.exit(0);'],
  ])("one line of 5 MB %s", async (_, body) => {
    const { printed } = await printedBy(body);
    expect(printed[0]?.length).toBe(5_000_000);
    expect(printed[0]).toMatch(/^x+$/);
  });

  it("a record of console begins a line, also behind text without a line feed", async () => {
    const { printed } = await printedBy(
      'process.stdout.write("..."); console.log("a\\nb"); process.stdout.write("c\\n");',
    );
    expect(printed).toEqual(["...", "a\nb", "c"]);
  });

  it("also when a child process that shares the output has made it non-blocking", async () => {
    // It is killed, or Node would set back what it changed.
    const child = "process.stdout.write('from the child\\\\n', () => process.kill(process.pid, 'SIGKILL'))";
    const { printed, status } = await printedBy(
      `spawnSync(process.execPath, ["-e", "${child}"], { stdio: "inherit" }); console.log("x".repeat(5_000_000)); ${loop('console.log("line", at);')}`,
    );
    expect(status).toBe("ok");
    expect(printed[0]).toBe("from the child");
    expect(printed[1]?.length).toBe(5_000_000);
    expect(printed.slice(2)).toEqual(numbered(LINES));
  });
});

describe("what was printed right before the end of the process is told, too", () => {
  const prints = loop('console.log("line", at);');
  it.each([
    ["process.exit", "exit", `${prints} process.exit(3);`],
    ["SIGKILL", "exit", `${prints} process.kill(process.pid, "SIGKILL");`],
    ["an error", "error", `${prints} throw new Error("broken");`],
    [
      "an error that nobody catches",
      "exit",
      `${prints} setTimeout(() => { throw new Error("broken"); }); await new Promise(() => {});`,
    ],
  ])("by %s", async (_, expected, body) => {
    const { printed, status } = await printedBy(body);
    expect(status).toBe(expected);
    expect(printed.slice(0, LINES)).toEqual(numbered(LINES));
    expect(printed.length).toBeGreaterThan(LINES);
  });

  it("by a kill at the time limit, to the last whole line", async () => {
    const { printed, status } = await printedBy('for (let at = 0; ; at++) console.log("line", at);', {
      timeoutSeconds: 0.7,
    });
    expect(status).toBe("timeout");
    const lines = printed.slice(0, -1);
    expect(printed.at(-1)).toMatch(/Task timed out after 0\.70 seconds$/);
    expect(lines.length).toBeGreaterThan(100);
    // The kill can come in the middle of a write.
    expect(lines.slice(0, -1)).toEqual(numbered(lines.length - 1));
  });

  it("whatever writes on in the background: it does not hold up the end", async () => {
    const child = "for (;;) process.stdout.write('x'.repeat(1000) + '\\\\n')";
    const { status, answer } = await printedBy(
      `(await import("node:child_process")).spawn(process.execPath, ["-e", "${child}"], { stdio: ["ignore", "inherit", "ignore"] });
       return "done";`,
      { timeoutSeconds: 20 },
    );
    expect(status).toBe("ok");
    expect(answer.payload).toBe('"done"');
  });
});
