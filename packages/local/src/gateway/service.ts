import type { IncomingMessage, ServerResponse } from "node:http";

/** Who makes a call: the role of the function whose credentials signed it, or the person at the keyboard. */
export interface Principal {
  /** ARN of the role a function runs under; `undefined` for calls from outside (tests, the demo, the command line). */
  readonly roleArn?: string;
  /** The access key id the request was signed with. */
  readonly accessKeyId: string;
}

/** One AWS API call on its way through the gateway to a service. */
export interface ServiceCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly principal: Principal;
  readonly region: string;
  readonly accountId: string;
  /** Echoed as `x-amzn-requestid` / `x-amz-request-id`. */
  readonly requestId: string;
  /** The `X-Amzn-Trace-Id` header as received; carries `Lineage` for recursive-loop detection. */
  readonly traceHeader: string | undefined;
  /**
   * The one place every call passes before it takes effect: services name the IAM action and resource they are about to
   * serve. Resolves when allowed; throws {@link AccessDenied} otherwise.
   */
  authorize(action: string, resourceArn: string): void;
}

/** A service behind the gateway (S3, SQS, DynamoDB, Lambda, ...). */
export interface Service {
  /** Answers one call completely, including the protocol's own error for what it does not support. */
  handle(call: ServiceCall): void | Promise<void>;
  /** Ends processes, listeners and timers the service owns. Idempotent. */
  stop?(): Promise<void>;
}

/** Delivers an event to a target by ARN (function, queue, topic, event bus); how services reach each other. */
export type DeliverEvent = (target: DeliveryTarget, payload: string, origin: EventOrigin) => Promise<void>;

/** Where a service-made event goes. */
export interface DeliveryTarget {
  readonly arn: string;
}

/** The origin of an event, for lineage and for messages. */
export interface EventOrigin {
  /** e.g. `s3.amazonaws.com`. */
  readonly servicePrincipal: string;
  /** Role that the service acts with; it needs the permission for what is done. */
  readonly roleArn?: string;
  readonly sourceArn: string;
  readonly traceHeader?: string;
  /** Subject of the message, if the event goes to a topic. */
  readonly subject?: string;
}

/** Thrown by {@link ServiceCall.authorize}; each service writes it in its own protocol (S3: 403 AccessDenied XML). */
export class AccessDenied extends Error {
  readonly code = "AccessDenied";
  readonly action: string;
  readonly resourceArn: string;
  constructor(action: string, resourceArn: string, roleArn: string | undefined) {
    super(`${roleArn ?? "This caller"} is not authorized to perform ${action} on ${resourceArn}`);
    this.name = "AccessDenied";
    this.action = action;
    this.resourceArn = resourceArn;
  }
}
