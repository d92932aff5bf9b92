import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type RecursiveHandler, recursive } from "@longhaul/core";
import { parsePosition, readBatches } from "@longhaul/objects";
import type { Parts } from "./bucket-walk.ts";
import { localFile } from "./local-file.ts";
import { type QueueEvent, uploadOf } from "./upload.ts";

/** Works off one uploaded file per queue message, in batches, over as many invocations as it takes. */
export function queuedFile({
  s3,
  report,
  directory = tmpdir(),
  ...options
}: Parts): RecursiveHandler<QueueEvent, { readonly records: number }> {
  return recursive<QueueEvent, number, { readonly records: number }>({
    ...options,
    state: { key: "position" },
    time: { reserveMs: 10_000 },
    start: () => 0,
    async *run(start, { event }) {
      const path = await localFile(s3, directory, uploadOf(event));
      let position = start;
      const from = parsePosition(position);
      for await (const batch of readBatches(createReadStream(path), { format: "lines", from, maxRecords: 400 })) {
        await report(Array.from(batch, String));
        position = batch.end.record;
        yield position;
      }
      await rm(path);
      return { records: position };
    },
  });
}
