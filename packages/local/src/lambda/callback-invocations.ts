/**
 * The part of the runtime client that serves invocations as nodejs22.x does: besides returning a promise, a handler may
 * call back, or use `context.succeed`, `fail` and `done`; the first of them counts. A callback answers when nothing is left
 * to do, unless `context.callbackWaitsForEmptyEventLoop` is `false`. A rejection or an error that nobody handles is the
 * invocation's error, and ends the process. nodejs24.x has none of it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export const CALLBACKS_SOURCE = `
const notJson = (message) => new Error(message);

// https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html#troubleshooting-invocation-nodejs-exit
const NEVER_SETTLED =
  "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes";

// What is done when the event loop has run empty.
let whenIdle = () => {};
process.on("beforeExit", () => whenIdle());

// Where an error goes that nobody handles.
let openPath = "init";
let isDying = false;
function die(title, error, exitCode) {
  isDying = true;
  postError(openPath, title, error).then(() => process.exit(exitCode));
}
process.on("uncaughtException", (error) => die("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) => {
  die("Unhandled Promise Rejection", new RuntimeError("UnhandledPromiseRejection", String(reason)), 128);
});

function checkHandler() {}

function serve(handler) {
  nextInvocation().then((invocation) => serveInvocation(handler, invocation));
}

function serveInvocation(handler, { context, body, path }) {
  const isAsync = handler.constructor?.name === "AsyncFunction";
  const serveNext = () => setImmediate(() => isDying || serve(handler));
  let isAnswered = false;
  let waitsForEmptyLoop = true;
  openPath = path;

  const fail = (error) => void postError(path, "Invoke Error", error).then(serveNext);
  const succeed = (result) => {
    // A result that is not JSON is the invocation's error.
    Promise.resolve().then(() => postResult(path, result)).then(serveNext, fail);
  };
  const answerOnce = (answer) => (...args) => {
    if (isAnswered) return;
    isAnswered = true;
    whenIdle = () => {};
    answer(...args);
  };
  const done = answerOnce((error, result) => {
    if (error === undefined || error === null) succeed(result);
    else fail(error);
  });
  const callback = answerOnce((error, result) => {
    if (error !== undefined && error !== null) fail(error);
    else if (!waitsForEmptyLoop) succeed(result);
    else {
      whenIdle = () => {
        whenIdle = () => {};
        setImmediate(() => succeed(result));
      };
    }
  });
  Object.defineProperty(context, "callbackWaitsForEmptyEventLoop", {
    enumerable: true,
    get: () => waitsForEmptyLoop,
    set: (value) => { waitsForEmptyLoop = value; },
  });
  context.done = done;
  context.succeed = (result) => done(null, result);
  context.fail = (error) => done(error ?? "handled");

  whenIdle = () => {
    if (isAsync) done(new RuntimeError("NodeJsExit", NEVER_SETTLED));
    else done(null, null);
  };
  try {
    const result = handler(JSON.parse(body), context, callback);
    if (typeof result?.then === "function") result.then(context.succeed, context.fail);
  } catch (error) {
    callback(error);
  }
}
`;
