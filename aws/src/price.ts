import { PRICES } from "../../packages/cli/src/cost/prices.ts";
import type { Usage } from "./case.ts";

/** A list price of us-east-1, for what the calculator of `longhaul cost` does not count. */
const OTHER_USD = {
  /** S3 takes the most: 1,000 PUTs. https://aws.amazon.com/s3/pricing/ */
  request: 0.005 / 1_000,
  /** An alarm for a month, of which hours count. https://aws.amazon.com/cloudwatch/pricing/ */
  alarmHour: 0.1 / 730,
};

/** The most that a case costs at list prices, in US dollars, computed from the most that it uses. An alarm is there for an hour. */
export function priceOf({ functionMinutes, memoryMb, requests, tableWrites, alarms }: Usage): number {
  const gbSeconds = functionMinutes * 60 * (memoryMb / 1_024);
  return (
    gbSeconds * PRICES.lambdaGbSecond.usd +
    requests * OTHER_USD.request +
    tableWrites * PRICES.tableWrite.usd +
    alarms * OTHER_USD.alarmHour
  );
}
