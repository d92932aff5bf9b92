import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { writeProtocolError } from "./protocol-error.ts";
import type { Principal } from "./service.ts";

/**
 * How a call fails:
 *
 * - `throttle`: the service answers that it was asked too fast, in its own words, and does nothing.
 * - `reset`: the connection breaks, and the service does nothing.
 * - `silence`: there never is an answer, and the service does nothing.
 * - `reset-after`, `silence-after`: the service does what it is asked, and the answer is lost. A longer answer, such as an
 *   object's bytes, begins and breaks off.
 */
export type CallFault = "throttle" | "reset" | "silence" | "reset-after" | "silence-after";

/** A call, as a fault plan sees it. */
export interface FaultyCall {
  /** Counts calls from 1, over all services. */
  readonly sequence: number;
  /** The name its requests are signed with: `s3`, `sqs`, `dynamodb`, `lambda`. */
  readonly service: string;
  /** The operation of a JSON protocol, such as `UpdateItem`; else the HTTP method, such as `GET`. */
  readonly operation: string;
  /** Path and query of the request. */
  readonly path: string;
  /** The role of the function that calls; `undefined` for calls from outside. */
  readonly roleArn: string | undefined;
}

/** Decides which call fails, and how; `undefined` for calls that go well. */
export type CallFaultPlan = (call: FaultyCall) => CallFault | undefined;

/** Options of {@link seededCallFaults}. */
export interface SeededCallFaultOptions {
  /** Same seed, same faults. */
  readonly seed: number;
  /** Share of calls that fail, from 0 to 1, by the name of the service. */
  readonly rates: Readonly<Record<string, number>>;
  /** How calls fail, drawn from evenly. Default: each way. */
  readonly ways?: readonly CallFault[];
}

const WAYS: readonly CallFault[] = ["throttle", "reset", "silence", "reset-after", "silence-after"];

/** A plan drawn from a seed. It lets calls from outside alone: a test's own calls go well. */
export function seededCallFaults({ seed, rates, ways = WAYS }: SeededCallFaultOptions): CallFaultPlan {
  return ({ service, sequence, roleArn }) => {
    if (roleArn === undefined) return undefined;
    const digest = createHash("sha256").update(`${seed}/${service}/${sequence}`).digest();
    const [draw, way] = [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4)];
    return draw < (rates[service] ?? 0) ? ways[way % ways.length] : undefined;
  };
}

/** A request as a fault plan sees it. */
export function faultyCallOf(
  sequence: number,
  service: string,
  { method = "", url = "/", headers }: IncomingMessage,
  { roleArn }: Principal,
): FaultyCall {
  const target = headers["x-amz-target"];
  const operation = typeof target === "string" ? target.slice(target.lastIndexOf(".") + 1) : method;
  return { sequence, service, operation, path: url, roleArn };
}

// In the words of each service's list of errors.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
const THROTTLES: Readonly<Record<string, readonly [status: number, code: string]>> = {
  dynamodb: [400, "ProvisionedThroughputExceededException"],
  lambda: [429, "TooManyRequestsException"],
  s3: [503, "SlowDown"],
  scheduler: [429, "ThrottlingException"],
};
const OTHER_THROTTLE = [400, "ThrottlingException"] as const;

/** Has a call fail. Answers whether the service is to handle it all the same. */
export function failCall(
  fault: CallFault,
  service: string,
  requestId: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  switch (fault) {
    case "throttle": {
      const [status, code] = THROTTLES[service] ?? OTHER_THROTTLE;
      writeProtocolError(request, response, { status, code, message: "Please reduce your request rate.", requestId });
      return false;
    }
    case "reset":
      request.socket.destroy();
      return false;
    case "silence":
      // What is sent is taken, and nothing is said to it.
      request.resume();
      return false;
    case "reset-after":
      breakOff(response, () => request.socket.destroy());
      return true;
    case "silence-after":
      breakOff(response, () => {});
      return true;
  }
}

/** Lets an answer's first piece through, if there are several, and nothing after that. */
function breakOff(response: ServerResponse, end: () => void): void {
  const { write } = response;
  let pieces = 0;
  response.write = (...args: unknown[]): boolean => {
    if (pieces++ === 0) return Reflect.apply(write, response, args);
    end();
    const done = args.at(-1);
    if (typeof done === "function") done();
    return true;
  };
  response.end = () => {
    end();
    return response;
  };
}
