import { type LocalAws, type LocalAwsOptions, startLocalAws, stopOnSignals } from "@longhaul/local";
import { stopOnBrokenPipe } from "../broken-pipe.ts";

/** Settings of the embedded AWS that a verb starts. */
export interface CloudSettings {
  /** Default: any free one. */
  readonly port?: number | undefined;
  /** How long S3 takes to answer a listing, in milliseconds. Default: no time. */
  readonly listLatencyMs?: number | undefined;
  /** Default: functions may do everything. */
  readonly authorization?: Authorization | undefined;
}

/** Makes the check of each call, for the embedded AWS that is to be started. */
export type Authorization = (aws: () => LocalAws) => NonNullable<LocalAwsOptions["authorize"]>;

/** An embedded AWS that runs. */
export interface LocalCloud {
  readonly aws: LocalAws;
  /** Ends everything. */
  stop(): Promise<void>;
}

/** Lambda tries a failed event again after one and two minutes; here after a second and two. */
const RETRY_TIME_SCALE = 1 / 60;

/**
 * Starts an embedded AWS and deploys to it. SIGINT and SIGTERM stop it, and so does a deployment that fails.
 *
 * @param close - called before it stops.
 */
export async function startCloud<Deployed>(
  { port, listLatencyMs, authorization }: CloudSettings,
  deploy: (aws: LocalAws) => Promise<Deployed>,
  close: () => void = () => {},
): Promise<Deployed & LocalCloud> {
  // No role acts before it is started.
  let aws!: LocalAws;
  const starting = startLocalAws({
    ...(authorization && { authorize: authorization(() => aws) }),
    lambda: { timeScale: RETRY_TIME_SCALE },
    ...(port !== undefined && { port }),
    ...(listLatencyMs !== undefined && { s3: { slow: { beforeListMs: listLatencyMs } } }),
  });
  const stop = async () => {
    close();
    const [begun] = await Promise.allSettled([starting]);
    if (begun.status === "fulfilled") await begun.value.stop();
    await Promise.all([process.stdout, process.stderr].map(written));
  };
  stopOnSignals({ stop });
  stopOnBrokenPipe(stop);
  try {
    aws = await starting;
    return { ...(await deploy(aws)), aws, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settles when a stream has handed on all that was written to it: a signal that ends the process does not wait for that. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.once("close", resolve);
    stream.write("", () => resolve());
  });
}
