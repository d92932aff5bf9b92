import { createHash } from "node:crypto";

/** An object of the model: its parts as they were uploaded, one if it was put. */
export interface ModelObject {
  readonly parts: readonly Buffer[];
  /** Without quotes. */
  readonly etag: string;
  readonly label: string | undefined;
  /** Differs from that of every object before it. */
  readonly version: number;
}

interface ModelUpload {
  readonly key: string;
  readonly label: string | undefined;
  /** Version of the object at the key when the upload began. */
  readonly before: number | undefined;
  readonly parts: Map<number, Buffer>;
}

/** Conditions of a write, entity tags without quotes. */
export interface ModelConditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: "*";
}

/** A part as a request to complete an upload lists it. */
export interface ListedPart {
  readonly number: number;
  readonly etag: string;
}

/** The request of a listing. */
export interface ModelListing {
  readonly prefix: string;
  readonly delimiter: string;
  /** Results come after it. */
  readonly after: string;
}

/** The answer of the model: `undefined`, or the codes of errors of which S3 gives one. */
export type S3Refusal = readonly string[] | undefined;

const minPartBytes = 5 * 1024 * 1024;

const digests = new WeakMap<Buffer, string>();

/** In hexadecimal digits; the same buffer is read once. */
export function md5(bytes: Buffer): string {
  const digest = digests.get(bytes) ?? createHash("md5").update(bytes).digest("hex");
  digests.set(bytes, digest);
  return digest;
}

export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A bucket without versioning as the S3 User Guide describes it: a map of objects, and a map of uploads. */
export class S3Model {
  readonly objects = new Map<string, ModelObject>();
  readonly uploads = new Map<string, ModelUpload>();
  /** Requests that completed an upload, and the entity tag they got. */
  readonly #completed = new Map<string, string>();
  #versions = 0;

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
  #refusal(key: string, { ifMatch, ifNoneMatch }: ModelConditions): S3Refusal {
    const object = this.objects.get(key);
    if (ifNoneMatch !== undefined && object) return ["PreconditionFailed"];
    if (ifMatch !== undefined && !object) return ["NoSuchKey"];
    if (ifMatch !== undefined && object?.etag !== ifMatch) return ["PreconditionFailed"];
    return undefined;
  }

  #write(key: string, parts: readonly Buffer[], etag: string, label: string | undefined): void {
    this.#versions += 1;
    this.objects.set(key, { parts, etag, label, version: this.#versions });
  }

  put(key: string, body: Buffer, label: string | undefined, conditions: ModelConditions): S3Refusal {
    const refusal = this.#refusal(key, conditions);
    if (!refusal) this.#write(key, [body], md5(body), label);
    return refusal;
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html */
  delete(key: string, ifMatch?: string): S3Refusal {
    const refusal =
      ifMatch === "*" && this.objects.has(key) ? undefined : this.#refusal(key, ifMatch ? { ifMatch } : {});
    if (!refusal) this.objects.delete(key);
    return refusal;
  }

  /** A copy has the entity tag of a put, also of an object that was uploaded in parts: API_CopyObject. */
  copy(from: string, to: string, label: string | undefined, sourceEtag: string | undefined): S3Refusal {
    const source = this.objects.get(from);
    if (!source) return ["NoSuchKey"];
    if (sourceEtag !== undefined && sourceEtag !== source.etag) return ["PreconditionFailed"];
    if (from === to && label === undefined) return ["InvalidRequest"];
    const body = Buffer.concat(source.parts);
    this.#write(to, [body], md5(body), label ?? source.label);
    return undefined;
  }

  createUpload(id: string, key: string, label: string | undefined): void {
    this.uploads.set(id, { key, label, before: this.objects.get(key)?.version, parts: new Map() });
  }

  uploadPart(id: string, number: number, body: Buffer): S3Refusal {
    const upload = this.uploads.get(id);
    if (!upload) return ["NoSuchUpload"];
    upload.parts.set(number, body);
    return undefined;
  }

  abort(id: string): S3Refusal {
    return this.uploads.delete(id) ? undefined : ["NoSuchUpload"];
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
  complete(id: string, listed: readonly ListedPart[], conditions: ModelConditions): S3Refusal | { etag: string } {
    const request = JSON.stringify([id, listed]);
    const etagBefore = this.#completed.get(request);
    if (etagBefore !== undefined) return { etag: etagBefore };
    const upload = this.uploads.get(id);
    if (!upload) return ["NoSuchUpload"];
    const problems: string[] = [];
    if (listed.some(({ number }, at) => at > 0 && (listed[at - 1]?.number ?? 0) >= number)) {
      problems.push("InvalidPartOrder");
    }
    const bodies = listed.map(({ number, etag }) => {
      const body = upload.parts.get(number);
      return body !== undefined && md5(body) === etag ? body : undefined;
    });
    if (bodies.includes(undefined)) problems.push("InvalidPart");
    if (bodies.slice(0, -1).some((body) => body !== undefined && body.length < minPartBytes)) {
      problems.push("EntityTooSmall");
    }
    const isConditional = conditions.ifMatch !== undefined || conditions.ifNoneMatch !== undefined;
    problems.push(...(this.#refusal(upload.key, conditions) ?? []));
    // "If a concurrent request wrote or deleted the object, the upload must begin again": conditional-writes.
    if (isConditional && this.objects.get(upload.key)?.version !== upload.before) {
      problems.push("ConditionalRequestConflict");
    }
    if (problems.length > 0) return problems;
    const parts = bodies.filter((body) => body !== undefined);
    const digests = Buffer.from(parts.map(md5).join(""), "hex");
    const etag = `${md5(digests)}-${parts.length}`;
    this.uploads.delete(id);
    this.#write(upload.key, parts, etag, upload.label);
    this.#completed.set(request, etag);
    return { etag };
  }

  /** Keys and common prefixes, in the order of their bytes. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
  list({ prefix, delimiter, after }: ModelListing): string[] {
    const results = new Set<string>();
    for (const key of this.objects.keys()) {
      if (!key.startsWith(prefix)) continue;
      const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      results.add(at === -1 ? key : key.slice(0, at + delimiter.length));
    }
    return [...results].filter((result) => after === "" || byBytes(result, after) > 0).sort(byBytes);
  }
}
