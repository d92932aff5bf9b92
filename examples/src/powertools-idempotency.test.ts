import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { makeHandlerIdempotent } from "@aws-lambda-powertools/idempotency/middleware";
import { CreateTableCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import middy from "@middy/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Delivery, startDelivery } from "../test/delivery.ts";

let delivery: Delivery;
let laterMs = 0;
beforeAll(async () => {
  const nowMs = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => nowMs() + laterMs);
  delivery = await startDelivery();
  for (const TableName of ["charges", "requests"]) {
    await delivery.dynamodb.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
  }
});
afterEach(() => void vi.unstubAllGlobals());
afterAll(() => delivery.stop());

type Answer = "charge" | "lose" | "charge, and lose the answer";

/** A billing service that charges with each request that it receives; the hop ends with each fourth order. */
function billing(answerTo: (order: number) => Answer = () => "charge") {
  const charged: number[] = [];
  let lose = () => {};
  const isLost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  vi.stubGlobal("fetch", async (url: string) => {
    const order = Number(url.split("/").at(-2));
    const answer = answerTo(order);
    if (answer !== "lose") charged.push(order);
    if (answer !== "charge") {
      lose();
      await new Promise(() => {}); // the instance has crashed
    }
    if (order % 4 === 3) delivery.time.leftMs = 5_000;
    return new Response(`receipt-${order}`);
  });
  return { charged, isLost };
}

const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Runs through three hops, of which the second crashes once at order 6; answers with the charges and the last outcome. */
async function crashAtOrder6(answer: Answer) {
  vi.resetModules();
  const { handler } = await import("./powertools-idempotency.ts");
  let hasCrashed = false;
  const { charged, isLost } = billing((order) => {
    if (order !== 6 || hasCrashed) return "charge";
    hasCrashed = true;
    return answer;
  });
  await delivery.deliver(handler, { orders: 10 });
  const event = delivery.take();
  void delivery.deliver(handler, event, "crashed");
  await isLost;
  // Lambda tries the event again, and the lease of the crashed attempt is over.
  laterMs += 5 * 60_000;
  const outcomes = await delivery.deliverAll(handler, event);
  expect(outcomes).toMatchObject([
    { status: "continued", hop: 1 },
    { status: "done", hop: 2, result: "receipt-9" },
  ]);
  return charged.toSorted((a, b) => a - b);
}

describe("a charge that Powertools makes idempotent, in a run whose second hop crashes", () => {
  it("is made once, though its step runs again", async () => {
    expect(await crashAtOrder6("lose")).toEqual(ten);
  });

  it("is made twice if the crash came after the charge and before Powertools had its answer", async () => {
    expect(await crashAtOrder6("charge, and lose the answer")).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9]);
  });

  it("would be made twice for each repeated step without Powertools", async () => {
    vi.stubEnv("POWERTOOLS_IDEMPOTENCY_DISABLED", "true");
    const charged = await crashAtOrder6("lose").finally(() => vi.stubEnv("POWERTOOLS_IDEMPOTENCY_DISABLED", "false"));
    expect(charged).toEqual([0, 1, 2, 3, 4, 4, 5, 5, 6, 7, 8, 9]);
  });
});

describe("Powertools' idempotency around the handler", () => {
  it("takes each hop for another request, and a second run of the same event for a repetition", async () => {
    const { work } = await import("./powertools-idempotency.ts");
    const persistenceStore = new DynamoDBPersistenceLayer({ tableName: "requests" });
    const handler = middy(work as never).use(makeHandlerIdempotent({ persistenceStore }) as never);
    const { charged } = billing();

    const first = await delivery.deliverAll(handler, { orders: 10 });
    expect(first).toMatchObject([{ status: "continued" }, { status: "continued" }, { status: "done" }]);
    expect(charged).toEqual(ten);
    const { Items } = await delivery.dynamodb.send(new ScanCommand({ TableName: "requests" }));
    expect(Items?.map(({ status }) => status?.S)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);

    expect(await delivery.deliverAll(handler, { orders: 10 })).toEqual([first[0]]);
    expect(charged).toEqual(ten);
  });
});
