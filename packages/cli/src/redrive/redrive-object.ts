import { S3Client } from "@aws-sdk/client-s3";
import { type RedrivenRejects, redriveRejects } from "@longhaul/objects";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printable } from "../printable.ts";
import { formatNumber } from "../report/format.ts";
import { type Account, withAccountOf } from "../runs/account.ts";
import { confirm } from "../runs/confirm.ts";
import { runsOf, tableOf } from "../runs/run-access.ts";
import { screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import type { RedriveOptions } from "./redrive.ts";

/** Begins again the records of a rejects object. */
export async function redriveObject(given: string, options: RedriveOptions): Promise<ExitCode> {
  const { source, dryRun, yes, json, limit } = options;
  if (limit !== undefined)
    throw new UsageError("--limit does not work here: all records of an object are begun again.");
  const rejects = placeOf(given);
  const from = source === undefined ? undefined : placeOf(source);
  return withAccountOf(options, async (account) => {
    const runs = from ? undefined : runsOf(account, await tableOf(account, options));
    const client = s3Of(account);
    try {
      const asked = { client, rejects, source: from, runs };
      const seen = await redriveRejects({ ...asked, isDryRun: true });
      const question = `Begin again the ${formatNumber(seen.records)} records of ${printable(given)}?`;
      if (!dryRun && seen.records > 0 && !(await confirm(question, yes))) {
        process.stderr.write("Nothing was done.\n");
        return EXIT.runFailed;
      }
      const answer = dryRun ? seen : await redriveRejects(asked);
      if (json) process.stdout.write(`${JSON.stringify(answer)}\n`);
      else screenOn(process.stdout).line(told(answer));
      return answer.cut > 0 ? EXIT.runFailed : EXIT.ok;
    } finally {
      client.destroy();
    }
  });
}

function told({ action, object, records, cut }: RedrivenRejects): string {
  const rest = cut > 0 ? `. ${formatNumber(cut)} stay: only their beginning was kept` : "";
  const uri = printable(`s3://${object.bucket}/${object.key}`);
  if (records === 0) return `There is nothing to begin again${rest}.`;
  if (action === "none") return `${uri} is there already; nothing was done${rest}.`;
  return `${formatNumber(records)} records ${action === "waits" ? "wait for" : "are in"} ${uri}${rest}.`;
}

/** @throws {@link UsageError} for anything but `s3://BUCKET/KEY`. */
function placeOf(url: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/([\s\S]+)$/.exec(url) ?? [];
  if (bucket === undefined || key === undefined)
    throw new UsageError(`${JSON.stringify(url)} must be s3://BUCKET/KEY.`);
  return { bucket, key };
}

function s3Of({ config }: Account): S3Client {
  return new S3Client({
    ...config,
    followRegionRedirects: true,
    ...(config.endpoint !== undefined && { forcePathStyle: true }),
  });
}
