import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startLocalAws } from "../../src/index.ts";
import type { PeerService } from "./differences.ts";
import { clientsFor, peersUp } from "./peer.ts";
import { type ReplayedRows, recordedRows } from "./recorded-rows.ts";

// moto serves one request at a time, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** A row that takes longer counts as one that differs. */
const LONGEST_MS = 10_000;
const SERVICES: readonly PeerService[] = ["S3", "SQS", "SNS", "DynamoDB", "CloudWatch"];
const served: Readonly<Record<string, readonly PeerService[]>> = {
  "the embedded AWS": SERVICES,
  moto: SERVICES,
  fauxqs: ["S3", "SQS", "SNS"],
  ElasticMQ: ["SQS"],
  dynalite: ["DynamoDB"],
  "DynamoDB Local": ["DynamoDB"],
};

const stops: (() => unknown)[] = [];
const urls = new Map(peersUp().map(({ name, url }): [string, string] => [name, url]));
beforeAll(async () => {
  const aws = await startLocalAws({ onProblem() {} });
  urls.set("the embedded AWS", aws.url);
  const fauxqs = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  urls.set("fauxqs", `http://127.0.0.1:${fauxqs.port}`);
  const dynalite = (createRequire(import.meta.url)("dynalite") as (options: object) => Server)({ createTableMs: 0 });
  await new Promise<void>((resolve) => dynalite.listen(0, "127.0.0.1", resolve));
  urls.set("dynalite", `http://127.0.0.1:${(dynalite.address() as AddressInfo).port}`);
  stops.push(
    () => aws.stop(),
    () => fauxqs.stop(),
    () => dynalite.close(),
  );
});
afterAll(async () => {
  for (const stop of stops) await stop();
  console.log(table());
});

const scores = new Map<string, string>();

describe.each(Object.entries(served))("what AWS itself answered, on %s", (peer, services) => {
  it.each(services)("%s", async (service) => {
    const url = urls.get(peer);
    if (url === undefined) return;
    const clients = clientsFor({ url });
    const rows = recordedRows(clients, peer === "moto" ? "123456789012" : "000000000000")[service];
    let agreed = 0;
    let all = 0;
    for (const row of rows) {
      all += Object.keys(row.answers).length;
      agreed += await agreedOf(row);
    }
    for (const client of Object.values(clients)) client.destroy();
    scores.set(`${peer} ${service}`, `${agreed} of ${all}`);
    expect(agreed).toBeGreaterThan(0);
  });
});

async function agreedOf({ replay, answers }: ReplayedRows): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ReadonlyMap<string, unknown>>((resolve) => {
    timer = setTimeout(() => resolve(new Map()), LONGEST_MS);
  });
  const seen = await Promise.race([replay(), late]);
  clearTimeout(timer);
  return Object.entries(answers).filter(([label, answer]) => {
    try {
      expect({ answer: seen.get(label) }).toMatchObject({ answer });
      return true;
    } catch {
      return false;
    }
  }).length;
}

/** The scores side by side, as the page about the embedded AWS has them. */
function table(): string {
  const peers = Object.keys(served).filter((peer) => urls.has(peer));
  const lines = SERVICES.map(
    (service) => `| ${service} | ${peers.map((peer) => scores.get(`${peer} ${service}`) ?? "–").join(" | ")} |`,
  );
  return [`| answers that agree | ${peers.join(" | ")} |`, `|---|${peers.map(() => "---|").join("")}`, ...lines].join(
    "\n",
  );
}
