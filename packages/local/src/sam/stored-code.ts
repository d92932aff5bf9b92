import { isJsonObject, type Json, type JsonObject } from "../cloudformation/json.ts";
import { present, type SamResource } from "./sam-resources.ts";

/** An object in a bucket as CloudFormation names code, of the ways in which SAM does. */
export function storedCode(sam: SamResource, property: string, place: Json): JsonObject {
  if (isJsonObject(place) && place.Bucket !== undefined && place.Key !== undefined) {
    return present({ S3Bucket: place.Bucket, S3Key: place.Key, S3ObjectVersion: place.Version });
  }
  const [, bucket, key] = typeof place === "string" ? (/^s3:\/\/([^/]+)\/(.+)$/.exec(place) ?? []) : [];
  if (bucket === undefined || key === undefined) {
    throw sam.refusal(property, "must be a path on this machine, or an object in a bucket.");
  }
  return { S3Bucket: bucket, S3Key: key };
}
