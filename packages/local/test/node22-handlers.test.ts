import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestbed, type Testbed } from "./lambda-testbed.ts";

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed({ initTimeoutMs: 30_000 });
});
afterAll(() => bed.close());

/**
 * These tests also pass on AWS's aws-lambda-ric 3.3.0, but for the promise that is never settled: that is what the managed
 * runtime says. It has no build that could be brought along, so `npm run test:peers` leaves them out.
 */

/** Deploys a handler, given as an expression, and answers with what each of its invocations gave. */
async function answers(handler: string, count = 1) {
  const functionName = await bed.deploy(`let count = 0; export const handler = ${handler};`, { runtime: "nodejs22.x" });
  const starts = bed.record("sandbox.start");
  const found: unknown[] = [];
  for (let at = 0; at < count; at += 1) {
    const { payload = "", functionError } = await bed.lambda.invoke({ functionName, payload: "{}" });
    found.push(functionError === undefined ? JSON.parse(payload) : { failed: JSON.parse(payload) });
  }
  return { found, starts: starts.length };
}

const failure = (errorType: string, errorMessage: unknown) => ({
  failed: expect.objectContaining({ errorType, errorMessage }),
});

describe("on nodejs22.x a handler answers in each way that AWS's runtime client for it knows", () => {
  const ways = {
    "by its promise": "async () => ++count",
    "by a promise, later": "() => new Promise((done) => setTimeout(done, 5, ++count))",
    "by its callback": "(event, context, callback) => callback(null, ++count)",
    "by its callback, later": "(event, context, callback) => { setTimeout(callback, 5, undefined, ++count); }",
    "by context.succeed": "(event, context) => { setTimeout(() => context.succeed(++count), 5); }",
    "by context.done": "(event, context) => context.done(null, ++count)",
    "by context.succeed, not by its promise": "async (event, context) => { context.succeed(++count); return 'late'; }",
  };
  const failures = {
    "by its callback": ["(event, context, callback) => callback(new TypeError('no'))", "TypeError", "no"],
    "by a callback with text": ["(event, context, callback) => callback('no')", "string", "no"],
    "by context.fail": ["(event, context) => { setTimeout(() => context.fail(new Error('no')), 5); }", "Error", "no"],
    "by context.fail with nothing": ["(event, context) => context.fail()", "string", "handled"],
    "by context.done": ["(event, context) => context.done(new Error('no'), 1)", "Error", "no"],
    "by its promise": ["async () => { throw new TypeError('no'); }", "TypeError", "no"],
    "by throwing": ["() => { throw new TypeError('no'); }", "TypeError", "no"],
    "by a result that is not JSON": [
      "(event, context) => context.succeed(1n)",
      "Error",
      "Unable to stringify response body",
    ],
  } as const;

  let functionName: string;
  const starts: unknown[] = [];
  beforeAll(async () => {
    const handlers = [
      ...Object.entries(ways).map(([way, handler]) => [`answers ${way}`, handler]),
      ...Object.entries(failures).map(([way, [handler]]) => [`fails ${way}`, handler]),
    ].map(([way, handler]) => `${JSON.stringify(way)}: ${handler}`);
    functionName = await bed.deploy(
      `let count = 0;
       const ways = { ${handlers.join(", ")} };
       export const handler = (event, context, callback) => ways[event](event, context, callback);`,
      { runtime: "nodejs22.x" },
    );
    bed.lambda.on("sandbox.start", (start) => start.functionName === functionName && starts.push(start));
  });
  const invoke = async (way: string) => {
    const { payload = "", functionError } = await bed.lambda.invoke({ functionName, payload: JSON.stringify(way) });
    return functionError === undefined ? JSON.parse(payload) : { failed: JSON.parse(payload) };
  };

  it.for(Object.keys(ways))("%s", async (way) => {
    const count = await invoke(`answers ${way}`);
    expect(count).toEqual(expect.any(Number));
    expect(await invoke(`answers ${way}`)).toBe(count + 1);
  });

  it.for(Object.entries(failures))("it fails %s", async ([way, [, errorType, message]]) => {
    for (const attempt of [1, 2])
      expect(await invoke(`fails ${way}`), String(attempt)).toEqual(failure(errorType, message));
  });

  it("and none of these answers ends its process", () => {
    expect(starts).toHaveLength(1);
  });

  it("the first answer counts", async () => {
    const handler = "(event, context, callback) => { callback(null, 1); callback(new Error('2')); context.fail('3'); }";
    expect((await answers(handler)).found).toEqual([1]);
  });

  it("an answer of undefined, and none of a handler that has nothing left to do, are null", async () => {
    expect((await answers("(event, context, callback) => callback()")).found).toEqual([null]);
    expect((await answers("() => {}", 2)).found).toEqual([null, null]);
  });

  it("a promise that is never settled is an error, once nothing is left to do", async () => {
    const { found } = await answers("async () => new Promise(() => {})");
    expect(found).toEqual([failure("Runtime.NodeJsExit", expect.stringMatching(/Promise that was never settled/))]);
  });
});

describe("context.callbackWaitsForEmptyEventLoop", () => {
  const handler = (setting: string) => `(event, context, callback) => {
    ${setting}
    setTimeout(() => { globalThis.later = "done"; }, 30);
    callback(null, { toJSON: () => globalThis.later ?? "not yet" });
  }`;

  it("unless it is false, a callback's answer waits for what is left to do", async () => {
    expect((await answers(handler(""))).found).toEqual(["done"]);
  });

  it("when it is false, the answer is given at once", async () => {
    expect((await answers(handler("context.callbackWaitsForEmptyEventLoop = false;"))).found).toEqual(["not yet"]);
  });

  it("context.succeed does not wait", async () => {
    const atOnce = handler("").replace("callback(null,", "context.succeed(");
    expect((await answers(atOnce)).found).toEqual(["not yet"]);
  });
});

describe("on nodejs22.x an error that nobody handles is the invocation's, and the next one is cold", () => {
  it("a rejection", async () => {
    const handler =
      "async () => { Promise.reject(new TypeError('lost')); await new Promise((done) => setTimeout(done, 1000)); }";
    const expected = failure("Runtime.UnhandledPromiseRejection", "TypeError: lost");
    expect(await answers(handler, 2)).toEqual({ found: [expected, expected], starts: 2 });
  });

  it("but an answer that was given counts", async () => {
    const handler = "async () => { Promise.reject(new TypeError('lost')); return ++count; }";
    expect(await answers(handler, 2)).toEqual({ found: [1, 1], starts: 2 });
  });

  it("an exception in a timer", async () => {
    const handler =
      "async () => { setTimeout(() => { throw new TypeError('lost'); }); await new Promise((done) => setTimeout(done, 1000)); }";
    const expected = failure("TypeError", "lost");
    expect(await answers(handler, 2)).toEqual({ found: [expected, expected], starts: 2 });
  });

  it("a rejection while the code is loaded", async () => {
    const handler = "(Promise.reject(new TypeError('lost')), await new Promise((done) => setTimeout(done, 1000)))";
    expect((await answers(handler)).found).toEqual([failure("Runtime.UnhandledPromiseRejection", "TypeError: lost")]);
  });
});
