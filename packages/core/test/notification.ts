/** An upload as a notification describes it. */
export interface ToldFile {
  readonly key: string;
  readonly sequencer: string;
  readonly eTag?: string;
}

/** The body of a message as S3 sends it straight to a queue. */
export function notification(bucket: string, ...files: readonly ToldFile[]): string {
  return JSON.stringify({
    Records: files.map(({ key, ...rest }) => ({
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key).replaceAll("%20", "+"), ...rest } },
    })),
  });
}
