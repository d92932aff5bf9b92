import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ScriptedAnswer, type ScriptedS3, scriptedS3 } from "../../test/scripted-s3.ts";
import { isSignedBy } from "../../test/signature.ts";
import { listerOf } from "./lister.ts";

const ACCESS_KEY = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const page = (key: string) =>
  `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>${key}</Key></Contents></ListBucketResult>`;
const busy: ScriptedAnswer = { status: 503, body: "<Error><Code>SlowDown</Code><Message>m</Message></Error>" };
const denied: ScriptedAnswer = { status: 403, body: "<Error><Code>AccessDenied</Code><Message>m</Message></Error>" };

interface Listed {
  readonly s3: ScriptedS3;
  readonly client: S3Client;
  readonly list: ReturnType<typeof listerOf>;
  /** How many requests went through the client's middleware. */
  readonly through: () => number;
}

async function withLister<Result>(
  script: readonly (string | ScriptedAnswer)[],
  use: (listed: Listed) => Promise<Result>,
  config: S3ClientConfig = {},
  prefix?: string,
): Promise<Result> {
  await using s3 = await scriptedS3(...script);
  const client = new S3Client({
    endpoint: s3.url,
    region: "eu-central-1",
    credentials: ACCESS_KEY,
    forcePathStyle: true,
    maxAttempts: 1,
    ...config,
  });
  let through = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      through++;
      return next(args);
    },
    { step: "initialize" },
  );
  try {
    return await use({
      s3,
      client,
      list: listerOf(client, { bucket: "b", prefix, attempts: 2 }),
      through: () => through,
    });
  } finally {
    client.destroy();
  }
}

describe("once a page was answered, the next are asked for as it was", () => {
  it("past the SDK's middleware", () =>
    withLister([page("a"), page("b"), page("c")], async ({ s3, list, through }) => {
      const keys = [];
      for (const startAfter of ["", "a", "b"]) keys.push((await list({ startAfter })).key(0));
      expect(keys).toEqual(["a", "b", "c"]);
      expect([s3.requests.length, through()]).toEqual([3, 1]);
    }));

  it("with the same headers but for those that belong to one request", () =>
    withLister([page("a")], async ({ s3, list }) => {
      await list();
      await list();
      const [first, second] = s3.requests.map(({ headers }) => headers);
      const own = { authorization: "", "x-amz-date": "", "amz-sdk-invocation-id": "" };
      expect({ ...second, ...own }).toEqual({ ...first, ...own });
      expect(second?.["amz-sdk-invocation-id"]).not.toBe(first?.["amz-sdk-invocation-id"]);
    }));

  it("for the place that is wanted, and no other", () =>
    withLister(
      [page("a")],
      async ({ s3, list }) => {
        await list({ startAfter: "p/1" });
        await list({ token: "t/=" });
        await list({ startAfter: "p/2" });
        await list();
        const places = s3.requests.map(({ target }) => Object.fromEntries(new URL(target, s3.url).searchParams));
        const always = { "list-type": "2", "encoding-type": "url", prefix: "p/" };
        expect(places).toEqual([
          { ...always, "start-after": "p/1" },
          { ...always, "continuation-token": "t/=" },
          { ...always, "start-after": "p/2" },
          always,
        ]);
      },
      {},
      "p/",
    ));

  it("with a good signature, whatever the key", () =>
    withLister([page("a")], async ({ s3, list }) => {
      await list();
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: "binary" }), async (key) => {
          await list({ startAfter: key });
          const request = s3.requests.at(-1)!;
          expect(isSignedBy(request, ACCESS_KEY.secretAccessKey)).toBe(true);
          expect(new URL(request.target, s3.url).searchParams.get("start-after") ?? "").toBe(key);
          expect(request.headers.authorization).toContain("/eu-central-1/s3/aws4_request");
        }),
        { numRuns: 300 },
      );
    }));

  it("with the credentials of the moment", () => {
    const tokens = ["first", "second", undefined];
    let session: string | undefined = "";
    const credentials = async () => ({
      ...ACCESS_KEY,
      ...(session !== undefined && { sessionToken: session }),
      // Asked for anew each time.
      expiration: new Date(Date.now() - 1),
    });
    return withLister(
      [page("a")],
      async ({ s3, list }) => {
        for (session of tokens) await list();
        expect(s3.requests.map(({ headers }) => headers["x-amz-security-token"])).toEqual(tokens);
        expect(s3.requests.every((request) => isSignedBy(request, ACCESS_KEY.secretAccessKey))).toBe(true);
      },
      { credentials },
    );
  });

  it("at the time of S3's clock", () =>
    withLister([page("a")], async ({ s3, client, list }) => {
      await list();
      client.config.systemClockOffset = 3_600_000;
      await list();
      const [first = "", second = ""] = s3.requests.map(({ headers }) => headers["x-amz-date"]);
      const ms = (text: string) => Date.parse(text.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"));
      expect(ms(second) - ms(first)).toBeGreaterThanOrEqual(3_599_000);
    }));
});

describe("what is not answered with a listing is the SDK's to make an error of", () => {
  it.each([
    ["a busy store", busy],
    ["an error document behind a 200", { body: busy.body }],
    ["no listing", "<html></html>"],
    ["an answer that is cut off", { body: "<ListBucketResult>", ending: "cut" }],
  ] as const)("%s is asked once more, and then it is an error", (_, answer) =>
    withLister([page("a"), answer, page("b"), answer], async ({ s3, list }) => {
      await list();
      expect((await list()).key(0)).toBe("b");
      expect(s3.requests).toHaveLength(3);
      await expect(list()).rejects.toThrow();
      expect(s3.requests).toHaveLength(5);
    }),
  );

  it("an error is what the SDK makes of it", () =>
    withLister([page("a"), denied], async ({ s3, list }) => {
      await list();
      await expect(list()).rejects.toMatchObject({
        name: "AccessDenied",
        $metadata: { httpStatusCode: 403, attempts: 1 },
      });
      expect(s3.requests).toHaveLength(2);
    }));

  it("an aborted answer is not asked for again", () =>
    withLister([page("a"), { body: "<ListBucketResult>", ending: "silence" }], async ({ s3, list }) => {
      await list();
      const controller = new AbortController();
      s3.onSilence = () => controller.abort();
      await expect(list({ signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
      expect(s3.requests).toHaveLength(2);
    }));

  it("an aborted request is not made", () =>
    withLister([page("a")], async ({ s3, list }) => {
      await list();
      await expect(list({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
      expect(s3.requests).toHaveLength(1);
    }));
});

describe("nothing is learned", () => {
  it("from an attempt that failed", () =>
    withLister([busy, page("a"), page("b")], async ({ list, through }) => {
      await list();
      await list();
      expect(through()).toBe(2);
    }));

  it("from a request that is not signed for S3 with a secret", () =>
    withLister(
      [page("a")],
      async ({ list, through }) => {
        await list();
        await list();
        expect(through()).toBe(2);
      },
      { signer: { sign: async (request) => request } },
    ));
});
