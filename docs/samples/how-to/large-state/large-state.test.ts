import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { memoryRunStore } from "@longhaul/core";
import { simulate } from "@longhaul/core/testing";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

// An item of DynamoDB has at most 400 KB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_ITEM_BYTES = 409_600;
const LINKS_OF_A_PAGE = 100;
const PAGES = 4;

let aws: LocalAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await startLocalAws({ region: "eu-west-1" });
  s3 = new S3Client({
    region: aws.region,
    endpoint: aws.url,
    credentials: outsideCredentials,
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: "states" }));
  vi.stubEnv("STATE_BUCKET", "states");
  vi.stubEnv("LONGHAUL_RUN_TABLE", "runs");
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  vi.stubEnv("AWS_REGION", aws.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", outsideCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", outsideCredentials.secretAccessKey);
});
afterAll(() => aws.stop());

/** A site of which each page leads to many that lead nowhere, and to the next of its kind. */
function linksOf(url: string): readonly string[] {
  const [, page] = /hub-(\d+)$/.exec(url) ?? [];
  if (page === undefined) return [];
  const leaves = Array.from({ length: LINKS_OF_A_PAGE }, (_, at) => `${url}/${"article-".repeat(160)}${at}`);
  return Number(page) + 1 < PAGES ? [`https://example.com/hub-${Number(page) + 1}`, ...leaves] : leaves;
}

/** Crawls the site in virtual time, beside the store of an item's size. */
async function crawl() {
  const { handler } = await import("./handler.ts");
  return simulate({
    seed: 3,
    faults: "calm",
    timeoutMs: 60_000,
    stepMs: [350, 450],
    event: { from: "https://example.com/hub-0" },
    store: (records) => ({ ...memoryRunStore(records), maxBytes: MAX_ITEM_BYTES }),
    // The requests to S3 are real.
    realMs: 60_000,
    handler: () => handler,
  });
}

describe("a state that does not fit into its record is kept in S3", () => {
  it("and the run continues from it in the next invocation", async () => {
    vi.stubGlobal("fetch", async (url: string) => Response.json(linksOf(url)));
    const { outcome, stats, records } = await crawl();
    expect(outcome).toBe("done");
    expect(stats.hops).toBeGreaterThan(2);
    const [record] = records.values();
    expect(record?.result).toBe(String(PAGES * (LINKS_OF_A_PAGE + 1)));
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "states" }));
    const [first] = Contents;
    expect(first?.Key).toMatch(/^\.longhaul\/states\/[0-9a-f]{32}\/\d+-[0-9a-f]{64}\.json$/);
    expect(Math.max(...Contents.map(({ Size = 0 }) => Size))).toBeGreaterThan(MAX_ITEM_BYTES / 2);
  });
});
