import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRuntimeApi, type RuntimeApi, TOKEN_HEADER } from "../src/lambda/runtime-api.ts";
import { sendSlowly } from "./slow-sender.ts";

// Ends what waits for an answer that never comes.
const TOKEN = "0123456789abcdef";
const NEXT = "invocation/next";
const RESPONSE = "invocation/open-request/response";
const own = { [TOKEN_HEADER]: TOKEN };

let api: RuntimeApi;
let heard: string[];
const listener = {
  onNext: () => void heard.push("next"),
  onResponse: (requestId: string) => heard.push(`response ${requestId}`) > 0,
  onError: (requestId: string) => heard.push(`error ${requestId}`) > 0,
  onInitError: () => void heard.push("init error"),
};
beforeEach(async () => {
  heard = [];
  api = await openRuntimeApi(TOKEN, listener);
});
afterEach(() => api.close());

function send(method: string, path: string, headers: Readonly<Record<string, string>>) {
  return new Promise<{ readonly status: number | undefined; readonly body: string }>((resolve, reject) => {
    const url = `http://${api.address}/2018-06-01/runtime/${path}`;
    const call = request(url, { method, headers, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    call.on("error", reject).end(method === "POST" ? '"forged"' : undefined);
  });
}

const calls = [
  ["GET", NEXT],
  ["POST", RESPONSE],
  ["POST", "invocation/open-request/error"],
  ["POST", "init/error"],
] as const;

describe("only the runtime that was started for an instance may speak for it", () => {
  it.each([
    ["without its token", {}],
    ["with another one", { [TOKEN_HEADER]: "0123456789abcdeX" }],
    ["with a part of it", { [TOKEN_HEADER]: TOKEN.slice(1) }],
    ["from a page of another site", { ...own, origin: "https://evil.example" }],
    ["from a page that another port of this machine serves", { ...own, origin: "http://localhost:3000" }],
    ["from a page that hides its origin", { ...own, "sec-fetch-site": "cross-site" }],
    ["under a name re-bound to loopback", { ...own, host: "evil.example" }],
  ])("a request %s is refused and takes no effect", async (_, headers) => {
    for (const [method, path] of calls) {
      const { status, body } = await send(method, path, headers);
      expect([path, status]).toEqual([path, 403]);
      expect(JSON.parse(body)).toEqual({ errorType: "Forbidden", errorMessage: expect.any(String) });
    }
    expect(heard).toEqual([]);
  });

  it("with its token it is heard", async () => {
    expect((await send("POST", RESPONSE, own)).status).toBe(202);
    expect(heard).toEqual(["response open-request"]);
  });
});

it("who never ends the headers of a request is cut off", async () => {
  const impatient = await openRuntimeApi(TOKEN, listener, 1_000);
  expect(await sendSlowly(`http://${impatient.address}`)).toMatch(/^HTTP\/1\.1 408/);
  impatient.close();
});
