/**
 * The program a sandbox runs: loads the handler and serves invocations over the Runtime API, as AWS's Node.js runtime
 * does. Kept as text and written into the scratch directory at start, so that it works the same from the TypeScript
 * sources and from the published bundle; plain JavaScript without dependencies.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export const RUNTIME_CLIENT_SOURCE = String.raw`
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const env = process.env;
const [hostname, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const write = process.stdout.write.bind(process.stdout);
let currentRequestId = "-";

function call(method, path, body, headers) {
  return new Promise((done, fail) => {
    const outgoing = request({ agent, hostname, port, method, path: "/2018-06-01/runtime/" + path, headers }, (incoming) => {
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
    write(record.replace(/\n/g, "\r") + "\n");
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
  if (handler.length >= 3) {
    throw new RuntimeError("CallbackHandlerDeprecated", env.AWS_EXECUTION_ENV === "AWS_Lambda_nodejs22.x"
      ? "ERROR: Callback-based function handlers are not run here. Modify this function to use an async handler: nodejs24.x requires it."
      : "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.");
  }
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

async function serveOne(handler) {
  const { headers, body } = await call("GET", "invocation/next");
  const context = contextOf(headers);
  currentRequestId = context.awsRequestId;
  const traceHeader = headers["lambda-runtime-trace-id"];
  if (traceHeader) env._X_AMZN_TRACE_ID = traceHeader;
  else delete env._X_AMZN_TRACE_ID;
  const path = "invocation/" + encodeURIComponent(context.awsRequestId);
  try {
    const result = await handler(JSON.parse(body), context);
    const text = JSON.stringify(result === undefined ? null : result) ?? "null";
    await new Promise((done) => setImmediate(done));
    await post(path + "/response", text);
  } catch (error) {
    const described = describe(error);
    console.error("Invoke Error", "\t" + JSON.stringify(described));
    await post(path + "/error", JSON.stringify(described), { "lambda-runtime-function-error-type": encodeURI(described.errorType) });
  }
}

let handler;
try {
  handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
} catch (error) {
  const described = describe(error);
  console.error("Init Error", "\t" + JSON.stringify(described));
  await post("init/error", JSON.stringify(described), { "lambda-runtime-function-error-type": encodeURI(described.errorType) });
  process.exit(1);
}
while (true) await serveOne(handler);
`;
