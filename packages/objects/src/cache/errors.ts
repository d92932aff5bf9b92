import { LonghaulError } from "@longhaul/core";

/** A loader given to {@link ObjectCache} answered `"not-modified"` though it was given no ETag. A bug in the loader. */
export class CacheLoaderError extends LonghaulError {
  constructor({ bucket, key }: { readonly bucket: string; readonly key: string }) {
    super(
      "CACHE_LOADER",
      `The loader of ${bucket}/${key} said "not-modified" where no copy was held. Answer so only if given an ETag.`,
    );
  }
}

/** A file of {@link TmpCache} ended before its size: something else changed it. The next use downloads it again. */
export class TmpFileDamagedError extends LonghaulError {
  constructor(path: string, atByte: number, bytes: number) {
    super(
      "TMP_FILE_DAMAGED",
      `${path} ends at byte ${atByte} of ${bytes}. Nothing else may write in the cache's directory.`,
    );
  }
}

/** The source of a file of {@link TmpCache} wrote another number of bytes than announced; the file was dropped. */
export class TmpFillError extends LonghaulError {
  constructor(writtenBytes: number, announcedBytes: number) {
    super(
      "TMP_FILL",
      `The download wrote ${writtenBytes} bytes, ${announcedBytes} were announced. The file was dropped; try again.`,
    );
  }
}
