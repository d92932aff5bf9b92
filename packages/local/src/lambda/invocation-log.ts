/** Most bytes of log that `LogType=Tail` returns. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const MAX_TAIL_BYTES = 4096;

/** The figures of a `REPORT` line. */
export interface InvocationReport {
  readonly requestId: string;
  readonly durationMs: number;
  readonly billedMs: number;
  readonly memoryMb: number;
  readonly maxMemoryMb: number | undefined;
  readonly initMs: number | undefined;
  readonly status: "ok" | "error" | "timeout" | "exit";
}

/** The platform's own records around an invocation, in CloudWatch's wording. */
export const platformLines = {
  start: (requestId: string, version: string) => `START RequestId: ${requestId} Version: ${version}`,
  end: (requestId: string) => `END RequestId: ${requestId}`,
  report: (report: InvocationReport) =>
    [
      `REPORT RequestId: ${report.requestId}`,
      `Duration: ${report.durationMs.toFixed(2)} ms`,
      `Billed Duration: ${report.billedMs} ms`,
      `Memory Size: ${report.memoryMb} MB`,
      ...(report.maxMemoryMb === undefined ? [] : [`Max Memory Used: ${Math.ceil(report.maxMemoryMb)} MB`]),
      ...(report.initMs === undefined ? [] : [`Init Duration: ${report.initMs.toFixed(2)} ms`]),
      // After the figures a tab, also where nothing follows.
      ...(report.status === "ok" || report.status === "error" ? [""] : []),
      ...(report.status === "timeout" ? ["Status: timeout"] : []),
      ...(report.status === "exit" ? ["Status: error\tError Type: Runtime.ExitError"] : []),
    ].join("\t"),
};

/** Where a function instance's log comes from and goes to. */
export interface LogSource {
  readonly functionName: string;
  readonly logGroup: string;
  readonly logStream: string;
}

/** A record of the log as a function wrote it. */
export interface LogRecord {
  /** Id in the record itself, if `console` wrote it. */
  readonly requestId: string | undefined;
  readonly line: string;
  readonly message: string;
}

const CONSOLE_RECORD = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t([^\t]+)\t(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t(.*)$/s;

/** Reads a line of a sandbox's output. The runtime writes newlines within a record as carriage returns. */
export function parseLogLine(raw: string): LogRecord {
  const match = CONSOLE_RECORD.exec(raw);
  if (!match) return { requestId: undefined, line: raw, message: raw };
  const [, requestId, message = ""] = match;
  return {
    requestId: requestId === "-" ? undefined : requestId,
    line: raw.replaceAll("\r", "\n"),
    message: message.replaceAll("\r", "\n"),
  };
}

/** The last 4 KB of an invocation's log in base64, for `X-Amz-Log-Result`. */
export function logTail(lines: readonly string[]): string {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8");
  return bytes.subarray(Math.max(0, bytes.length - MAX_TAIL_BYTES)).toString("base64");
}
