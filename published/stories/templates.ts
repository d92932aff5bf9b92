import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Story } from "../story.ts";

/** A project of SAM that was made without Longhaul. */
export const templateStories: readonly Story[] = [
  {
    name: "sam",
    promise: "a SAM template with TypeScript runs as it is; what is not served is named, and can be left out",
    on: ["node22", "node24"],
    folder: (stranger, node) => stranger.installed("published/sam-project", "sam project", node),
    steps: [
      { type: ["npx", "longhaul", "dev"], expect: { code: 1, stderr: /--skip AWS::Serverless::Api\b/ } },
      {
        does: "npx longhaul dev --skip AWS::Serverless::Api, and invokes the function",
        async with(folder, stranger, node) {
          const child = spawn("npx", ["longhaul", "dev", "--skip", "AWS::Serverless::Api", "--json"], {
            cwd: folder,
            env: stranger.environment(node),
            stdio: ["ignore", "pipe", "inherit"],
            detached: true,
          });
          const closed = once(child, "close");
          let printed = "";
          let answer: Promise<string> | undefined;
          child.stdout.setEncoding("utf8").on("data", (text: string) => {
            printed += text;
            if (answer !== undefined || !printed.includes("\n")) return;
            const { url, functions } = JSON.parse(printed.split("\n")[0] ?? "{}") as Deployed;
            answer = invoke(url, functions[0]);
            // As Ctrl-C does: to all of the terminal's group.
            void answer.finally(() => process.kill(-(child.pid ?? 0), "SIGINT"));
          });
          await closed;
          assert.equal(await answer, '"hello stranger"');
          assert.match(printed, /table sam-project-seen-/);
        },
      },
    ],
  },
];

interface Deployed {
  readonly url: string;
  readonly functions: readonly [string];
}

async function invoke(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}/2015-03-31/functions/${name}/invocations`, {
    method: "POST",
    body: JSON.stringify({ name: "stranger" }),
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=test/20261129/us-east-1/lambda/aws4_request" },
  });
  return response.text();
}
