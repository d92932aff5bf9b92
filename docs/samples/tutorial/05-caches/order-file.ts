import type { S3Client } from "@aws-sdk/client-s3";

/** An S3 object with orders, one number a line, that can be replaced. */
export class OrderFile {
  /** How often the whole object was sent. */
  downloads = 0;
  /** How often S3 answered that the copy held is still right. */
  notModified = 0;
  #text = "";
  #version = 0;

  put(orders: readonly number[]): void {
    this.#text = orders.join("\n");
    this.#version++;
  }

  /** As much of a client as reading takes. */
  readonly client: Pick<S3Client, "send"> = {
    send: async ({ input }: { readonly input: { readonly IfNoneMatch?: string } }) => {
      const etag = `"${this.#version}"`;
      if (input.IfNoneMatch === etag) {
        this.notModified++;
        throw Object.assign(new Error("not modified"), { name: "NotModified", $metadata: { httpStatusCode: 304 } });
      }
      this.downloads++;
      return { ETag: etag, Body: bodyOf(this.#text) };
    },
  } as unknown as Pick<S3Client, "send">;
}

async function* bodyOf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
