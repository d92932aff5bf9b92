import { createHash } from "node:crypto";

const INVOICES = 22_500;
const LOGS = 12_500;
const PHOTOS = 50_000;
const USERS = 15_000;

/** The keys of a shop's bucket, in the order in which S3 lists them: four folders, each with another kind of name. */
export function shopKeys(): string[] {
  return [
    ...many(INVOICES, (at) => `invoices/${2022 + Math.floor(at / 5_000)}/${String(at).padStart(6, "0")}.pdf`),
    ...many(LOGS, (at) => `logs/${new Date(Date.UTC(2026, 10, 1, 0, 8 * at)).toISOString()}.log.gz`),
    ...many(PHOTOS, (at) => `photos/${hex(at, 16)}.jpg`),
    ...many(USERS, (at) => `users/${hex(at, 8)}/avatar.png`),
  ].sort((a, b) => (a < b ? -1 : 1));
}

function many(count: number, keyOf: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => keyOf(at));
}

function hex(at: number, digits: number): string {
  return createHash("md5").update(String(at)).digest("hex").slice(0, digits);
}
