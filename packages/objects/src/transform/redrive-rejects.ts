import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { RunClient } from "@longhaul/core/client";
import { bodyOf, wholeBody } from "../object/body.ts";
import { objectInfo } from "../object/object-info.ts";
import { RUN_METADATA } from "../object/output-target.ts";
import { httpStatus, objectFailure } from "../object/s3-failure.ts";
import { type DetectedFormat, formatOf } from "../records/format.ts";
import { gunzip } from "../records/gunzip.ts";
import { readBatches } from "../records/read-batches.ts";
import { redrivenObject, wholeRecords } from "./redriven-object.ts";
import { recordsOfRejects } from "./rejects.ts";
import { RejectsError } from "./rejects-error.ts";
import { type Source, sourceOf, uriOf } from "./source.ts";

/** Options of {@link redriveRejects}. */
export interface RedriveRejectsOptions {
  readonly client: Pick<S3Client, "send">;
  /** The rejects object that a run of {@link transformObject} has written. */
  readonly rejects: Source;
  /** The object that its records came from. Default: that of the run, which `runs` finds. */
  readonly source?: Source | undefined;
  /** The runs of the function. Needed without `source`. */
  readonly runs?: Pick<RunClient<object, unknown>, "get"> | undefined;
  /** Whether to look, and do nothing. Default `false`. */
  readonly isDryRun?: boolean | undefined;
}

/** Answer of {@link redriveRejects}. */
export interface RedrivenRejects {
  /** `put`: the object is there now. `waits`: it was a dry run. `none`: it was there already, or no record is whole. */
  readonly action: "put" | "waits" | "none";
  /** The object with the records; its arrival begins their run. */
  readonly object: Source;
  readonly source: Source;
  /** Records that are in it. */
  readonly records: number;
  /** Records that cannot be begun again: the rejects object has only their beginning. */
  readonly cut: number;
}

/** More is no list of exceptions, and is held in memory. */
const MAX_BYTES = 100 * 1024 * 1024;
/** The largest header row. */
const MAX_HEADER_BYTES = 1024 * 1024;

/**
 * Begins again the records that a run of {@link transformObject} has set aside, for instance once a `transform` is deployed that
 * can take them. They are put as an object beside their source, and whatever begins runs there begins theirs: the same function, with a
 * result of its own. The key follows from key and version of the rejects object, and the object is put only if it is not there. So
 * repeating this does nothing twice.
 *
 * JSON becomes NDJSON; CSV gets the header row that the source has now. The source must still be there.
 *
 * @throws {@link RejectsError} for an object that has other lines or is larger than 100 MiB, and if its source is unknown;
 * {@link ObjectNotFoundError} and {@link ObjectAccessDeniedError} for it and its source.
 *
 * @example
 * ```ts
 * const rejects = { bucket: "results", key: "out/cities.json.rejects.ndjson" };
 * const { object, records } = await redriveRejects({ client: new S3Client(), rejects, runs });
 * ```
 */
export async function redriveRejects(options: RedriveRejectsOptions): Promise<RedrivenRejects> {
  const { client, rejects, isDryRun = false } = options;
  const name = uriOf(rejects);
  const { etag, size, metadata } = await infoOf(client, rejects);
  if (size > MAX_BYTES) {
    throw new RejectsError(name, `it has ${size} bytes, and ${MAX_BYTES} at most can be begun again. Mend the source.`);
  }
  const source = options.source ?? (await sourceOfRun(name, metadata[RUN_METADATA], options.runs));
  const { contentType, contentEncoding } = await infoOf(client, source);
  const format = formatOf(source.key, contentType, contentEncoding);
  const all = recordsOfRejects(
    (await wholeBody(await bodyOfObject(client, rejects, etag), () => {})).toString("utf8"),
    name,
  );
  const records = wholeRecords(all);
  const header = format.format === "csv" ? await headerOf(client, source, format, name) : undefined;
  const made = redrivenObject(source, format, { ...rejects, etag }, records, header);
  const object = { bucket: source.bucket, key: made.key };
  const answer = { object, source, records: records.length, cut: all.length - records.length };
  if (records.length === 0) return { ...answer, action: "none" };
  if (isDryRun) return { ...answer, action: "waits" };
  try {
    await client.send(
      new PutObjectCommand({
        ...{ Bucket: object.bucket, Key: object.key, Body: made.body, ContentType: made.contentType },
        IfNoneMatch: "*",
      }),
    );
    return { ...answer, action: "put" };
  } catch (error) {
    if (httpStatus(error) === 412) return { ...answer, action: "none" };
    throw objectFailure(error, object, "s3:PutObject");
  }
}

async function infoOf(client: Pick<S3Client, "send">, object: Source) {
  const info = await objectInfo(client, object);
  if (info === "not-modified") throw new Error("S3 answered 304 to an unconditional request.");
  return info;
}

async function bodyOfObject(client: Pick<S3Client, "send">, object: Source, IfMatch?: string) {
  try {
    return (await client.send(new GetObjectCommand({ Bucket: object.bucket, Key: object.key, IfMatch }))).Body;
  } catch (error) {
    throw objectFailure(error, object, "s3:GetObject", IfMatch);
  }
}

/** The object that a run worked off. A run that began anew has a number behind its id. */
async function sourceOfRun(
  name: string,
  written: string | undefined,
  runs: RedriveRejectsOptions["runs"],
): Promise<Source> {
  const id = written === undefined ? undefined : decoded(written);
  const run = id && ((await runs?.get(id)) ?? (await runs?.get(id.replace(/#\d+$/, ""))));
  if (run) return sourceOf(run.event as object);
  const why = id === undefined ? "it does not name its run" : `no run ${id} was found`;
  throw new RejectsError(name, `${why}, so its source is unknown. Give the source.`);
}

function decoded(id: string): string | undefined {
  try {
    return decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

/** The first row of a CSV object, as it is written there. */
async function headerOf(
  client: Pick<S3Client, "send">,
  source: Source,
  { gzip, gzipSign: sign, delimiter }: DetectedFormat,
  name: string,
): Promise<Uint8Array> {
  const body = bodyOf(await bodyOfObject(client, source));
  const rows = readBatches(gzip ? gunzip(body, { name: uriOf(source), sign }) : body, {
    format: "csv",
    csv: { header: false, delimiter },
    maxRecords: 1,
    maxRecordBytes: MAX_HEADER_BYTES,
  });
  let cause: unknown;
  try {
    for await (const row of rows) return Buffer.from(row.bytes(0));
  } catch (error) {
    cause = error;
  }
  const why = cause instanceof Error ? cause.message : "it has no rows";
  throw new RejectsError(name, `the header row of ${uriOf(source)} cannot be read: ${why}`, { cause });
}
