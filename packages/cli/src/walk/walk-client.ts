import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

/** How S3 is reached: options of the command line. */
export interface ClientOptions {
  /** Name of a profile in the SDK's configuration files. Default: the SDK's default chain. */
  readonly profile?: string | undefined;
  /** Default: the SDK's, or us-east-1 where none is configured. The bucket may be in another. */
  readonly region?: string | undefined;
  /** URL of another S3: of an embedded one, or another vendor's. */
  readonly endpoint?: string | undefined;
  /** `false`: requests are not signed, for public buckets. */
  readonly signRequest?: boolean | undefined;
  /** Sockets at once. */
  readonly concurrency: number;
}

/** Asked where no region is configured. S3 names the bucket's own, and requests follow it there. */
const FALLBACK_REGION = "us-east-1";

/** Makes the client by the SDK's default credential chain. */
export async function walkClient({
  profile,
  region,
  endpoint,
  signRequest = true,
  concurrency,
}: ClientOptions): Promise<S3Client> {
  const agent = { keepAlive: true, maxSockets: concurrency };
  const config: S3ClientConfig = {
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(!signRequest && {
      credentials: { accessKeyId: "", secretAccessKey: "" },
      signer: { sign: async (request) => request },
    }),
    requestHandler: { httpAgent: agent, httpsAgent: agent },
    followRegionRedirects: true,
    cacheMiddleware: true,
  };
  const client = new S3Client(config);
  const isConfigured = await client.config.region().then(
    () => true,
    () => false,
  );
  if (isConfigured) return client;
  client.destroy();
  return new S3Client({ ...config, region: FALLBACK_REGION });
}
