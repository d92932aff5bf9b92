import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import { Queues } from "./queues.ts";

function setUp() {
  const clock = createManualClock();
  let ids = 0;
  const queues = new Queues({ region: "us-east-1", accountId: "000000000000", clock, newId: () => `m${ids++}` });
  const queue = queues.create("q", { VisibilityTimeout: "30" });
  const send = (body: string, delaySeconds = 0) =>
    queues.send(queue, { body, attributes: {}, senderId: "me", delaySeconds });
  const receive = (waitMs: number, signal?: AbortSignal) =>
    queues
      .receive(queue, { maxMessages: 1, waitMs, ...(signal && { signal }) })
      .then((messages) => messages.map(({ body }) => body));
  return { clock, queues, queue, send, receive };
}

describe("a long poll", () => {
  it("ends with what is sent meanwhile", async () => {
    const { send, receive } = setUp();
    const polling = receive(20_000);
    send("a");
    expect(await polling).toEqual(["a"]);
  });

  it("ends empty when its time is over", async () => {
    const { clock, receive, queue } = setUp();
    const polling = receive(20_000);
    clock.advance(19_999);
    expect(queue.receivers.size).toBe(1);
    clock.advance(1);
    expect(await polling).toEqual([]);
  });

  it("hides what it receives for as long as the queue is set to by then", async () => {
    const { clock, queues, queue, send, receive } = setUp();
    const polling = receive(20_000);
    queues.setAttributes(queue, { VisibilityTimeout: "3" });
    send("a");
    expect(await polling).toEqual(["a"]);
    clock.advance(3_000);
    expect(await receive(0)).toEqual(["a"]);
  });

  it("is woken by a delay that ends", async () => {
    const { clock, send, receive } = setUp();
    const polling = receive(20_000);
    send("later", 5);
    clock.advance(5_000);
    expect(await polling).toEqual(["later"]);
  });

  it("is woken by a visibility timeout that ends", async () => {
    const { clock, send, receive } = setUp();
    send("again");
    await receive(0);
    clock.advance(15_000);
    const polling = receive(20_000);
    clock.advance(15_000);
    expect(await polling).toEqual(["again"]);
  });

  it("is served in the order of arrival", async () => {
    const { send, receive } = setUp();
    const [first, second] = [receive(20_000), receive(20_000)];
    send("1");
    send("2");
    expect(await Promise.all([first, second])).toEqual([["1"], ["2"]]);
  });

  it("takes no message once its caller has gone", async () => {
    const { send, receive } = setUp();
    const gone = new AbortController();
    const polling = receive(20_000, gone.signal);
    gone.abort();
    expect(await polling).toEqual([]);
    send("a");
    expect(await receive(0)).toEqual(["a"]);
  });

  it("ends when the service stops", async () => {
    const { queues, receive } = setUp();
    const polling = receive(20_000);
    queues.stop();
    expect(await polling).toEqual([]);
  });
});
