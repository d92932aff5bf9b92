import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";

/** Parameters of a request that say which page is wanted. */
const PLACE_NAMES: readonly string[] = ["continuation-token", "start-after"];
/** Headers that signing adds with some kinds of credentials, and does not remove with others. */
const TOKEN_NAMES: readonly string[] = ["x-amz-security-token"];
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-string-to-sign */
const SIGNED_FOR = /^AWS4-HMAC-SHA256 Credential=[^,]*\/([^/,]+)\/s3\/aws4_request,/;

type Signer = Awaited<ReturnType<S3Client["config"]["signer"]>>;

/** A request as it goes to the network. */
export type NetworkRequest = Parameters<Signer["sign"]>[0];

/** An answer as it comes from there. */
export interface NetworkAnswer {
  readonly statusCode: number;
  body: Readable | Uint8Array;
}

/** Where a page begins, as the SDK's command says it. */
export interface AskedPlace {
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
}

/** How the SDK asks for pages of one bucket: its own request, to be asked again for other pages. */
export class LearnedRequest {
  readonly #client: S3Client;
  readonly #request: NetworkRequest;
  readonly #region: string;
  #signer: Promise<Signer> | undefined;

  private constructor(client: S3Client, request: NetworkRequest, region: string) {
    this.#client = client;
    this.#region = region;
    const headers = without(request.headers, TOKEN_NAMES);
    this.#request = { ...request, headers, query: without(request.query ?? {}, PLACE_NAMES) };
  }

  /** Learns from a first attempt that is signed for S3 and its region; from others there is nothing to learn. */
  static from(client: S3Client, request: NetworkRequest): LearnedRequest | undefined {
    const region = SIGNED_FOR.exec(request.headers.authorization ?? "")?.[1];
    const isFirst = request.headers["amz-sdk-request"]?.startsWith("attempt=1;") === true;
    return isFirst && region !== undefined ? new LearnedRequest(client, request, region) : undefined;
  }

  /** Asks for the page at a place, once. Rejects if there is no answer at all. */
  async answer({ ContinuationToken, StartAfter }: AskedPlace, signal: AbortSignal | undefined): Promise<NetworkAnswer> {
    const { config } = this.#client;
    this.#signer ??= config.signer();
    const request = {
      ...this.#request,
      headers: { ...this.#request.headers, "amz-sdk-invocation-id": randomUUID() },
      query: {
        ...this.#request.query,
        ...(ContinuationToken && { "continuation-token": ContinuationToken }),
        ...(StartAfter && { "start-after": StartAfter }),
      },
    };
    const signer = await this.#signer;
    const signed = await signer.sign(request, {
      // What the SDK found out about this machine's clock: https://docs.aws.amazon.com/sdkref/latest/guide/feature-clock-skew.html
      signingDate: new Date(Date.now() + config.systemClockOffset),
      signingRegion: this.#region,
      signingService: "s3",
    });
    const { response } = await config.requestHandler.handle(signed as never, signal ? { abortSignal: signal } : {});
    return response as NetworkAnswer;
  }
}

function without<Value>(fields: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
