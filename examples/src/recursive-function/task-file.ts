/** The event: S3 names a file that holds `{ "tasks": [...] }`. */
export interface TaskFile {
  readonly Records: readonly [{ readonly s3: { readonly bucket: { name: string }; readonly object: { key: string } } }];
}
