import { InvalidArgumentError } from "@commander-js/extra-typings";
import { type Verb, verb } from "../verb.ts";

/** `longhaul walk URL`: lists every object of a bucket in parallel. */
export const walkVerb: Verb = (end) =>
  verb("walk", {
    summary: "Count what is in a bucket, by prefix, or stream its keys.",
    description:
      "Lists every object of a bucket, with many requests at once, and prints objects and bytes by prefix and storage " +
      "class, the largest, the oldest and the newest. It reads listings only, and changes nothing. After Ctrl-C it " +
      "continues with --resume.",
    examples: [
      "longhaul walk s3://photos",
      "longhaul walk s3://photos/2026/ --depth 3 --html",
      "longhaul walk s3://photos --keys | grep -c jpg",
    ],
  })
    .argument("<url>", "s3://BUCKET, or s3://BUCKET/PREFIX")
    .option("--depth <n>", "Segments of the prefixes with totals. Default: 2.", wholeNumber(0, 20))
    .option("--top <n>", "Prefixes shown below each prefix.", wholeNumber(1), 10)
    .option("--json", "Print the totals as JSON; with --keys, a line for each object.")
    .option("--csv", "Print the totals as CSV.")
    .option("--html", "Write the totals as one HTML file.")
    .option("-o, --out <file>", "Where to write it. Default: longhaul-walk-BUCKET.html.")
    .option("--keys", "Print each key, in no order, and no totals.")
    .option("--resume [file]", "Continue an interrupted walk. Default file: BUCKET.longhaul-walk.json.")
    .option("--concurrency <n>", "List requests at once.", wholeNumber(1), 64)
    .option("--profile <name>", "A profile of the AWS configuration files.")
    .option("--region <region>", "Default: the configured one, or us-east-1.")
    .option("--endpoint <url>", "The URL of another S3.")
    .option("--no-sign-request", "Do not sign requests, for public buckets.")
    .action(async (url, options) => {
      const { walk } = await import("./walk.ts");
      end(await walk(url, options));
    });

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}
