import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { refusalOf } from "./browser-guard.ts";
import { type CallFaultPlan, failCall, faultyCallOf } from "./call-faults.ts";
import { type CallRecord, createCallRecord } from "./call-record.ts";
import { credentialScopeOf } from "./credential-scope.ts";
import type { CredentialIssuer } from "./credentials.ts";
import { loopbackBindAddress } from "./loopback.ts";
import { writeProtocolError } from "./protocol-error.ts";
import { serverTimeouts } from "./server-timeouts.ts";
import { AccessDenied, type Principal, type Service, type ServiceCall } from "./service.ts";
import { serviceNameOf } from "./service-name.ts";

/** Decides whether a principal may do something; consulted on every call before it takes effect. */
export type Authorizer = (principal: Principal, action: string, resourceArn: string) => boolean;

/** Options of a gateway. */
export interface GatewayOptions {
  /** Loopback address to bind. Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: CredentialIssuer;
  /** Default: everyone may do everything. */
  readonly authorize?: Authorizer;
  /** Which calls fail. Default: none. */
  readonly callFaults?: CallFaultPlan | undefined;
  readonly newRequestId: () => string;
  /** The headers of a request must be complete after so long. Default 20 s. */
  readonly headersTimeoutMs?: number | undefined;
  /** Told of failures that are the embedded AWS's own fault; the caller gets a 500. */
  readonly onError?: (error: unknown, service: string) => void;
}

/** The one HTTP listener in front of all services. */
export interface Gateway {
  readonly url: string;
  readonly calls: CallRecord;
  /**
   * The check that every call passes, for services that act for a role by themselves, such as Lambda polling a queue.
   *
   * @throws {AccessDenied} if the principal may not do it.
   */
  authorize(principal: Principal, action: string, resourceArn: string): void;
  /** Puts a service behind a SigV4 signing name. */
  serve(name: string, service: Service): void;
  /** Stops listening, then the services, then what connections remain. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the listener. Services are added with {@link Gateway.serve}, because they need its URL.
 *
 * @throws {NotLoopbackError} if `host` is not a loopback address.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const address = loopbackBindAddress(options.host ?? "127.0.0.1");
  const services = new Map<string, Service>();
  const calls = createCallRecord();
  let sequence = 0;
  const authorize: Gateway["authorize"] = (principal, action, resourceArn) => {
    calls.add(principal, action, resourceArn);
    if (options.authorize?.(principal, action, resourceArn) === false) {
      throw new AccessDenied(action, resourceArn, principal.roleArn);
    }
  };
  const timeouts = serverTimeouts({ keepAliveTimeoutMs: 60_000, headersTimeoutMs: options.headersTimeoutMs });
  const server = createServer(timeouts, (request, response) => {
    void answer(options, services, authorize, ++sequence, request, response);
  });
  // Large uploads ask first; the reader of the body says yes, and every service here reads it.
  server.on("checkContinue", (request, response) => {
    response.writeContinue();
    server.emit("request", request, response);
  });
  const port = await listen(server, address, options.port ?? 0);
  let stopping: Promise<void> | undefined;
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${port}`,
    calls,
    authorize,
    serve: (name, service) => void services.set(name, service),
    stop: () => {
      stopping ??= stopAll(server, new Set(services.values()));
      return stopping;
    },
  };
}

async function answer(
  options: GatewayOptions,
  services: ReadonlyMap<string, Service>,
  authorize: Gateway["authorize"],
  sequence: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = options.newRequestId();
  response.setHeader("x-amzn-requestid", requestId);
  response.setHeader("x-amz-request-id", requestId);
  const refusal = refusalOf(request.headers);
  if (refusal !== undefined) {
    writeProtocolError(request, response, { status: 403, code: "AccessDenied", message: refusal, requestId });
    return;
  }
  const scope = credentialScopeOf(request);
  const name = scope?.service ?? serviceNameOf(request);
  const service = services.get(name);
  if (!service) {
    const message = `The embedded AWS has no service ${JSON.stringify(name.slice(0, 60))}; it serves ${[...services.keys()].sort().join(", ")}.`;
    writeProtocolError(request, response, { status: 501, code: "UnsupportedService", message, requestId });
    return;
  }
  const principal = options.credentials.principalOf(scope?.accessKeyId ?? "anonymous");
  const fault = options.callFaults?.(faultyCallOf(sequence, name, request, principal));
  if (fault !== undefined && !failCall(fault, name, requestId, request, response)) return;
  const traceHeader = request.headers["x-amzn-trace-id"];
  const call: ServiceCall = {
    request,
    response,
    principal,
    region: options.region,
    accountId: options.accountId,
    requestId,
    traceHeader: typeof traceHeader === "string" ? traceHeader : undefined,
    authorize: (action, resourceArn) => authorize(principal, action, resourceArn),
  };
  try {
    await service.handle(call);
  } catch (error) {
    failed(options, name, call, error);
  }
}

function failed(options: GatewayOptions, name: string, { request, response, requestId }: ServiceCall, error: unknown) {
  if (error instanceof AccessDenied) {
    const code = name === "s3" ? "AccessDenied" : "AccessDeniedException";
    writeProtocolError(request, response, { status: 403, code, message: error.message, requestId });
    return;
  }
  // A caller that went away is no failure of ours.
  if (!response.destroyed && !request.destroyed) options.onError?.(error, name);
  const message = error instanceof Error ? error.message : String(error);
  writeProtocolError(request, response, { status: 500, code: "InternalFailure", message, requestId });
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

async function stopAll(server: Server, services: ReadonlySet<Service>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const results = await Promise.allSettled([...services].map((service) => service.stop?.()));
  server.closeAllConnections();
  await closed;
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}
