import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer of {@link ScriptedS3} to one request. */
export interface ScriptedAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly body: string;
  /** How the answer ends behind its body. Default: as it should. `nothing`: there is no answer at all. */
  readonly ending?: "silence" | "cut" | "nothing";
}

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string;
  /** Path and query, as they were written. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server that answers request by request what it was told, and the last answer for ever. */
export interface ScriptedS3 extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ArrivedRequest[];
  /** Calls back when an answer was begun that falls silent. */
  onSilence: (() => void) | undefined;
}

/** Starts a server of answers; a text is an answer of 200. */
export async function scriptedS3(...script: readonly (string | ScriptedAnswer)[]): Promise<ScriptedS3> {
  const requests: ArrivedRequest[] = [];
  const server = createServer(({ method = "", url: target = "", headers }, response) => {
    const answer = script[Math.min(requests.length, script.length - 1)] ?? "";
    const { status = 200, body, ending }: ScriptedAnswer = typeof answer === "string" ? { body: answer } : answer;
    requests.push({ method, target, headers: headers as Record<string, string> });
    if (ending === "nothing") return;
    response.writeHead(status, { "content-type": "application/xml" });
    if (ending === undefined) return void response.end(body);
    response.write(body, () => {
      if (ending === "cut") response.destroy();
      else setTimeout(() => s3.onSilence?.(), 20);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const s3: ScriptedS3 = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    onSilence: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return s3;
}
