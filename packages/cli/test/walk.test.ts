import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LocalAws, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const COMMAND = fileURLToPath(new URL("../bin/longhaul.mjs", import.meta.url));
const OBJECTS = Array.from({ length: 6_000 }, (_, i) => ({
  key: `y${2020 + (i % 3)}/m${i % 4}/k ${i}`,
  size: i,
  lastModifiedMs: Date.UTC(2026, 0, 1) + i * 1_000,
  etag: "0".repeat(32),
}));
const BYTES = OBJECTS.reduce((sum, { size }) => sum + size, 0);

let aws: LocalAws;
let directory: string;
let principals: Set<string>;
let onList: () => void;
let isDenied: () => boolean;
const slow: { beforeListMs?: number } = {};
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-walk-command-"));
  aws = await startLocalAws({
    authorize(principal) {
      principals.add(JSON.stringify(principal));
      return true;
    },
    s3: {
      slow,
      isStartAfterStrict: true,
      denied(operation, bucket) {
        if (operation === "ListObjectsV2") onList();
        return bucket === "forbidden" || isDenied();
      },
    },
  });
  for (const bucket of ["photos", "odd", "empty", "forbidden"]) await aws.s3.createBucket(bucket);
  aws.s3.loadKeys("photos", OBJECTS);
  aws.s3.loadKeys("odd", [{ key: "a/\u001b[31mred\nnext", size: 1, etag: "0".repeat(32) }]);
});
afterAll(async () => {
  await aws.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  principals = new Set();
  onList = () => {};
  isDenied = () => false;
  delete slow.beforeListMs;
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `longhaul walk` against the embedded S3. */
function walk(args: readonly string[], env: NodeJS.ProcessEnv = {}, watch: (child: ChildProcess) => void = () => {}) {
  const child = spawn(process.execPath, [COMMAND, "walk", ...args], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL: aws.url,
      ...env,
    },
  });
  watch(child);
  const read = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      read[name] += text;
    });
  }
  return new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, ...read })));
}

describe("longhaul walk shows what is in a bucket", () => {
  it("as text: a tree of prefixes, storage classes, the largest, the oldest", async () => {
    const { code, stdout, stderr } = await walk(["s3://photos"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +6,000 +17\.2 MiB +100\.0 % {2}all$/m);
    expect(stdout).toMatch(/^ +2,000 +5\.7 MiB +33\.3 % {2}y2021\/$/m);
    expect(stdout).toMatch(/^ +500 +1\.4 MiB +8\.3 % {4}m3\/$/m);
    expect(stdout).toMatch(/^ +6,000 +17\.2 MiB +100\.0 % {2}STANDARD$/m);
    expect(stdout).toMatch(/^ +5\.9 KiB {2}y2022\/m3\/k 5999$/m);
    expect(stdout).toMatch(/^oldest 2026-01-01T00:00:00Z {2}y2020\/m0\/k 0$/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr).toMatch(/^6,000 objects, 17\.2 MiB in .* by \d+ requests$/m);
  });

  it("as JSON: the same numbers, nested", async () => {
    const { code, stdout, stderr } = await walk(["s3://photos/y2021/", "--depth", "1", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { objects, tree } = JSON.parse(stdout);
    expect(objects).toBe(2_000);
    expect(tree).toMatchObject({ prefix: "y2021/", objects: 2_000 });
    expect(tree.children.map(({ name }: { name: string }) => name).sort()).toEqual(["m0/", "m1/", "m2/", "m3/"]);
  });

  it("as CSV, and as an HTML file", async () => {
    const csv = await walk(["s3://photos", "--csv"]);
    expect(csv.stdout.split("\r\n")[1]).toBe(`total,s3://photos/,6000,${BYTES}`);
    const html = await walk(["s3://photos", "--html", "--out", "photos.html"]);
    expect(html).toMatchObject({ code: 0, stdout: "photos.html\n" });
    expect(await readFile(join(directory, "photos.html"), "utf8")).toContain("y2021/");
  });

  it("of which a terminal obeys nothing", async () => {
    const { stdout } = await walk(["s3://odd"]);
    expect(stdout).toContain("a/\\u{1b}[31mred\\u{a}next");
    expect(stdout).not.toContain("\u001b");
  });

  it("also where nothing is", async () => {
    expect(await walk(["s3://empty"])).toMatchObject({ code: 0, stdout: "s3://empty/\nNo object.\n" });
  });
});

describe("longhaul walk --keys", () => {
  it("prints every key, one a line", async () => {
    const { code, stdout } = await walk(["s3://photos", "--keys"]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").sort()).toEqual(OBJECTS.map(({ key }) => key).sort());
  });

  it("with --json prints an object a line, whatever its key", async () => {
    const { stdout } = await walk(["s3://odd", "--keys", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ key: "a/\u001b[31mred\nnext", size: 1, storageClass: "STANDARD" });
  });
});

describe("an interrupted walk", () => {
  const FILE = "photos.longhaul-walk.json";
  const interrupted = async (...args: string[]) => {
    slow.beforeListMs = 20;
    let listings = 0;
    const ended = await walk(["s3://photos", "--concurrency", "2", ...args], {}, (child) => {
      onList = () => {
        if (++listings === 5) child.kill("SIGINT");
      };
    });
    delete slow.beforeListMs;
    return ended;
  };

  it("leaves a file from which --resume continues, to exact totals", async () => {
    const { code, stderr } = await interrupted();
    expect(code).toBe(130);
    expect(stderr).toContain(`Continue with: longhaul walk s3://photos/ --resume ${FILE}`);
    const { stdout } = await walk(["s3://photos", "--resume", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ objects: OBJECTS.length, bytes: BYTES });
    expect(existsSync(join(directory, FILE))).toBe(false);
  });

  it("may have failed instead, as when credentials run out", async () => {
    let listings = 0;
    isDenied = () => ++listings > 4;
    const { code, stderr } = await walk(["s3://photos", "--concurrency", "1"]);
    isDenied = () => false;
    expect(code).toBe(1);
    expect(stderr).toMatch(/Continue with: longhaul walk .*\nlonghaul: .*Access/s);
    const { stdout } = await walk(["s3://photos", "--resume", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ objects: OBJECTS.length, bytes: BYTES });
  });

  it("has printed each key once, when it is over", async () => {
    const first = await interrupted("--keys");
    expect(first.code).toBe(130);
    const rest = await walk(["s3://photos", "--keys", "--resume", FILE]);
    const keys = (first.stdout + rest.stdout).trimEnd().split("\n");
    expect(first.stdout).not.toBe("");
    expect(keys.sort()).toEqual(OBJECTS.map(({ key }) => key).sort());
  });

  it.each([
    ["is not there", ["s3://photos", "--resume", "no-such-file"], /no-such-file is not there/],
    [
      "is of another bucket",
      ["s3://odd", "--resume", "other.json"],
      /other.json is of s3:\/\/photos\/, not of s3:\/\/odd\//,
    ],
    [
      "has another depth",
      ["s3://photos", "--resume", "other.json", "--depth", "3"],
      /--depth 2, which cannot be changed/,
    ],
  ])("whose file %s is refused", async (_, args, message) => {
    const saved = { v: 1, url: "s3://photos/", depth: 2, cursor: "{}", summary: {} };
    await writeFile(join(directory, "other.json"), JSON.stringify(saved));
    const { code, stderr } = await walk(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe("longhaul walk reaches S3", () => {
  const nobody = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_EC2_METADATA_DISABLED: "true" };

  it("with a profile of the configuration files, at an endpoint that is given", async () => {
    const AWS_SHARED_CREDENTIALS_FILE = join(directory, "credentials");
    await writeFile(
      AWS_SHARED_CREDENTIALS_FILE,
      "[walker]\naws_access_key_id = walker\naws_secret_access_key = secret\n",
    );
    const env = { ...nobody, AWS_ENDPOINT_URL: undefined, AWS_SHARED_CREDENTIALS_FILE };
    const { code } = await walk(["s3://empty", "--profile", "walker", "--endpoint", aws.url], env);
    expect(code).toBe(0);
    expect([...principals].join()).toContain("walker");
  });

  it("without signing, for public buckets", async () => {
    expect(await walk(["s3://photos", "--no-sign-request"], nobody)).toMatchObject({ code: 0 });
    expect([...principals].join()).toContain("anonymous");
  });

  it("follows a bucket into its region, and asks there from then on", async () => {
    const regions: string[] = [];
    const s3 = createServer(({ headers, url = "" }, response) => {
      const region = /\/\d{8}\/([^/]+)\/s3\//.exec(headers.authorization ?? "")?.[1] ?? "";
      regions.push(region);
      if (region !== "eu-west-3") {
        response.writeHead(301, { "x-amz-bucket-region": "eu-west-3", "content-type": "application/xml" });
        response.end("<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>");
        return;
      }
      const isFirst = !url.includes("start-after");
      const key = isFirst ? "a" : "b";
      response.end(
        `<ListBucketResult><IsTruncated>${isFirst}</IsTruncated><EncodingType>url</EncodingType>` +
          `${isFirst ? "<NextContinuationToken>t</NextContinuationToken>" : ""}` +
          `<Contents><Key>${key}</Key><Size>1</Size></Contents></ListBucketResult>`,
      );
    });
    s3.listen(0, "127.0.0.1");
    await once(s3, "listening");
    const { port } = s3.address() as AddressInfo;
    const env = { AWS_ENDPOINT_URL: undefined, AWS_REGION: "us-east-1" };
    const url = `http://127.0.0.1:${port}`;
    const { code, stdout } = await walk(["s3://far", "--keys", "--endpoint", url], env);
    s3.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "a\nb\n" });
    expect(regions).toEqual(["us-east-1", "eu-west-3", "eu-west-3"]);
  });

  it("and without credentials says so", async () => {
    const { code, stderr } = await walk(["s3://photos"], { ...nobody, HOME: directory });
    expect(code).toBe(1);
    expect(stderr).toMatch(/credentials/i);
  });

  it.each([
    ["forbidden", /Access ?Denied/i],
    ["no-such-bucket", /bucket does not exist/],
  ])("and tells why %s cannot be listed", async (bucket, message) => {
    const { code, stderr } = await walk([`s3://${bucket}`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

it.each([
  [["photos"], /must be s3:\/\/BUCKET/],
  [["s3://photos", "--csv", "--html"], /Take one of --json, --csv, --html and --keys/],
  [["s3://photos", "--out", "x"], /--out is the file for --html/],
  [["s3://photos", "--depth", "-1"], /whole number from 0 to 20/],
])("%j is refused as a mistake of the command line", async (args, message) => {
  const { code, stderr } = await walk(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
