import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Story } from "../story.ts";

const LINES = 50_000;

/** Lines of the printing function in what a command printed; `longhaul dev` puts the function's name before each. */
function checkLines(printed: string): void {
  const found = [...printed.matchAll(/^(?:\S+ {2})?line (\d+)$/gm)].map(([, number]) => Number(number));
  assert.equal(found.length, LINES, "lines shown");
  const at = found.findIndex((number, index) => number !== index);
  assert.equal(at, -1, `line ${at} is out of order`);
}

/** A function that prints much, under the two commands that run it. */
export const outputStories: readonly Story[] = [
  {
    name: "output",
    promise: "a function without input that prints 50,000 lines ends, and all its lines are shown in order",
    on: ["node22", "node24"],
    folder: (stranger, node) => stranger.installed("published/printing-app", "printing app", node),
    steps: [
      {
        type: ["npx", "longhaul", "run"],
        expect: { stdout: /status +done/, check: ({ stdout }) => checkLines(stdout) },
      },
      {
        type: ["npx", "longhaul", "run", "--json", "--event", '{ "lines": 3 }'],
        expect: {
          stderr: /^line 0\nline 1\nline 2$/m,
          check: ({ stdout }) => assert.equal((JSON.parse(stdout) as { status: string }).status, "done"),
        },
      },
      {
        does: "npx longhaul dev, and invokes the function",
        async with(folder, stranger, node) {
          const child = spawn("npx", ["longhaul", "dev"], {
            cwd: folder,
            env: stranger.environment(node),
            stdio: ["ignore", "pipe", "inherit"],
            detached: true,
          });
          const closed = once(child, "close");
          let printed = "";
          let isInvoked = false;
          child.stdout.setEncoding("utf8").on("data", (text: string) => {
            printed += text;
            const url = /AWS_ENDPOINT_URL=(\S+)/.exec(printed)?.[1];
            const name = /^FunctionName {2}(\S+)$/m.exec(printed)?.[1];
            if (isInvoked || url === undefined || name === undefined || !printed.includes("Ctrl-C")) return;
            isInvoked = true;
            // As Ctrl-C does: to all of the terminal's group.
            void invoke(url, name).finally(() => process.kill(-(child.pid ?? 0), "SIGINT"));
          });
          await closed;
          checkLines(printed);
        },
      },
    ],
  },
];

async function invoke(url: string, name: string): Promise<void> {
  await fetch(`${url}/2015-03-31/functions/${name}/invocations`, {
    method: "POST",
    body: JSON.stringify({ lines: LINES }),
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/lambda/aws4_request" },
  });
}
