/** How an invocation, or the initialisation before it, ended. */
export interface InvocationOutcome {
  /**
   * `ok`: the handler returned; `error`: it threw, or could not be loaded; `timeout`: killed at its time limit;
   * `exit`: the process ended.
   */
  readonly status: "ok" | "error" | "timeout" | "exit";
  /** JSON text: the handler's result, or AWS's error object. */
  readonly payload: string;
}

/** The process was killed at its time limit. */
export function timedOut(requestId: string, timeoutMs: number): InvocationOutcome {
  return failure(
    "timeout",
    "Sandbox.Timedout",
    `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  );
}

const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  SIGKILL: "killed",
  SIGABRT: "aborted",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGINT: "interrupt",
};

/** The process ended before it answered: `process.exit`, a crash, out of memory. */
export function exited(requestId: string, exitCode: number | null, signal: string | null): InvocationOutcome {
  const how =
    signal !== null
      ? `Runtime exited with error: signal: ${SIGNAL_NAMES[signal] ?? signal}`
      : exitCode === 0
        ? "Runtime exited without providing a reason"
        : `Runtime exited with error: exit status ${exitCode}`;
  return failure("exit", "Runtime.ExitError", `RequestId: ${requestId} Error: ${how}`);
}

/** The handler's result was larger than Lambda passes on. */
export function responseTooLarge(maxBytes: number): InvocationOutcome {
  return failure(
    "error",
    "Function.ResponseSizeTooLarge",
    `Response payload size exceeded maximum allowed payload size (${maxBytes} bytes).`,
  );
}

function failure(status: "error" | "timeout" | "exit", errorType: string, errorMessage: string): InvocationOutcome {
  return { status, payload: JSON.stringify({ errorType, errorMessage }) };
}

/** `errorType: errorMessage` of a failed outcome, for logs and events. */
export function describeFailure(outcome: InvocationOutcome): string | undefined {
  if (outcome.status === "ok") return undefined;
  try {
    const { errorType, errorMessage } = JSON.parse(outcome.payload) as { errorType?: string; errorMessage?: string };
    return `${errorType ?? "Error"}: ${errorMessage ?? ""}`;
  } catch {
    return outcome.payload;
  }
}
