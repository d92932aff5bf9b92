import { BRING_SDK_SOURCE } from "./bring-sdk.ts";
import { CALLBACKS_SOURCE } from "./callback-invocations.ts";

/**
 * The program a sandbox runs: loads the handler and serves invocations over the Runtime API, as AWS's Node.js runtime
 * does. Kept as text and written into the scratch directory at start, so that it works the same from the TypeScript
 * sources and from the published bundle; plain JavaScript without dependencies.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
const COMMON_SOURCE = String.raw`
import { existsSync, writeSync } from "node:fs";
import { Agent, request } from "node:http";
import nodeModule, { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const env = process.env;
const [hostname, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const token = env.LONGHAUL_RUNTIME_TOKEN;
delete env.LONGHAUL_RUNTIME_TOKEN;
let currentRequestId = "-";

// Output is written synchronously, so none is lost when the process is frozen, killed or ends by itself: Node's own stream
// of a pipe keeps in memory what the pipe does not take at once. One pipe carries both streams, which keeps their order.
const PIPE = 1;
const pause = new Int32Array(new SharedArrayBuffer(4));
let isLineOpen = false;

function write(bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(PIPE, bytes, at);
    } catch (error) {
      // The embedded AWS is gone: nobody reads.
      if (error.code === "EPIPE") return;
      // A child process that shares the pipe has made it non-blocking, and it is full.
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
  if (bytes.length > 0) isLineOpen = bytes.at(-1) !== 10;
}

class Output extends Writable {
  constructor(fd) {
    super();
    this.fd = fd;
  }
  _write(bytes, encoding, done) {
    write(bytes);
    done();
  }
}
for (const [name, fd] of [["stdout", 1], ["stderr", 2]]) {
  Object.defineProperty(process, name, { configurable: true, enumerable: true, value: new Output(fd) });
}

function call(method, path, body, headers) {
  return new Promise((done, fail) => {
    const all = { "x-longhaul-runtime-token": token, ...headers };
    const outgoing = request({ agent, hostname, port, method, path: "/2018-06-01/runtime/" + path, headers: all }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk) => { text += chunk; });
      incoming.on("end", () => done({ headers: incoming.headers, body: text }));
      incoming.on("error", fail);
    });
    // Without the Runtime API there is nothing left to live for.
    outgoing.on("error", () => process.exit(1));
    outgoing.end(body);
  });
}

function post(path, text, headers) {
  return call("POST", path, text, { "content-type": "application/json", "content-length": Buffer.byteLength(text), ...headers });
}

function logAs(level) {
  return (...args) => {
    const record = [new Date().toISOString(), currentRequestId, level, format(...args)].join("\t");
    // A record begins a line of its own, also behind text that was written without a line feed.
    write(Buffer.from((isLineOpen ? "\n" : "") + record.replace(/\n/g, "\r") + "\n"));
  };
}
console.trace = logAs("TRACE");
console.debug = logAs("DEBUG");
console.log = console.info = logAs("INFO");
console.warn = logAs("WARN");
console.error = logAs("ERROR");

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = "Runtime." + name;
  }
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

async function importModule(root, directory, name) {
  const stem = resolve(root, directory, name);
  try {
    for (const extension of [".js", ".mjs", ".cjs"]) {
      if (existsSync(stem + extension)) return await import(pathToFileURL(stem + extension).href);
    }
    const userRequire = createRequire(join(root, "index.js"));
    return userRequire(userRequire.resolve(name, { paths: [root, join(root, directory)] }));
  } catch (error) {
    if (error instanceof SyntaxError) {
      const refused = new RuntimeError("UserCodeSyntaxError", String(error));
      refused.stack = error.stack;
      throw refused;
    }
    if (error?.code === "MODULE_NOT_FOUND") throw new RuntimeError("ImportModuleError", String(error));
    throw error;
  }
}

async function loadHandler(root, handlerName) {
  if (handlerName.includes("..")) {
    throw new RuntimeError("MalformedHandlerName", "'" + handlerName + "' is not a valid handler name.");
  }
  const match = /^([^.]*)\.(.+)$/.exec(basename(handlerName));
  if (!match) throw new RuntimeError("MalformedHandlerName", "Bad handler");
  const module = await importModule(root, dirname(handlerName), match[1]);
  const find = (from) => match[2].split(".").reduce((nested, key) => nested?.[key], from);
  const handler = find(module) ?? find(module?.default);
  if (handler === undefined) throw new RuntimeError("HandlerNotFound", handlerName + " is undefined or not exported");
  if (typeof handler !== "function") throw new RuntimeError("HandlerNotFound", handlerName + " is not a function");
  return handler;
}

function parseHeader(text) {
  return text ? JSON.parse(text) : undefined;
}

function contextOf(headers) {
  const deadlineMs = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    clientContext: parseHeader(headers["lambda-runtime-client-context"]),
    identity: parseHeader(headers["lambda-runtime-cognito-identity"]),
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

// Takes the next invocation over: its identity, its event and the path under which it is answered.
async function nextInvocation() {
  const { headers, body } = await call("GET", "invocation/next");
  const context = contextOf(headers);
  currentRequestId = context.awsRequestId;
  const traceHeader = headers["lambda-runtime-trace-id"];
  if (traceHeader) env._X_AMZN_TRACE_ID = traceHeader;
  else delete env._X_AMZN_TRACE_ID;
  return { context, body, path: "invocation/" + encodeURIComponent(context.awsRequestId) };
}

function postResult(path, result) {
  let text;
  try {
    text = JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    throw notJson("Unable to stringify response body");
  }
  return post(path + "/response", text);
}

function postError(path, title, error) {
  const described = describe(error);
  console.error(title, "\t" + JSON.stringify(described));
  return post(path + "/error", JSON.stringify(described), { "lambda-runtime-function-error-type": encodeURI(described.errorType) });
}
`;

/** Since nodejs24.x a handler answers by the promise it returns. */
const PROMISES_SOURCE = `
const notJson = (message) => new RuntimeError("JSONStringifyError", message);

function checkHandler(handler) {
  if (handler.length < 3) return;
  throw new RuntimeError("CallbackHandlerDeprecated",
    "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.");
}

async function serve(handler) {
  while (true) {
    const { context, body, path } = await nextInvocation();
    try {
      const result = await handler(JSON.parse(body), context);
      await new Promise((done) => setImmediate(done));
      await postResult(path, result);
    } catch (error) {
      await postError(path, "Invoke Error", error);
    }
  }
}
`;

const START_SOURCE = `
let handler;
try {
  handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  checkHandler(handler);
} catch (error) {
  await postError("init", "Init Error", error);
  process.exit(1);
}
serve(handler);
`;

/** The program for nodejs24.x. */
export const RUNTIME_CLIENT_SOURCE = COMMON_SOURCE + BRING_SDK_SOURCE + PROMISES_SOURCE + START_SOURCE;

/** The program for nodejs22.x. */
export const CALLBACK_RUNTIME_CLIENT_SOURCE = COMMON_SOURCE + BRING_SDK_SOURCE + CALLBACKS_SOURCE + START_SOURCE;
