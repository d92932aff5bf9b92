import { scryptSync } from "node:crypto";

/** The hash that protects a customer's PIN: slow to make, on purpose. Made twice, it is the same. */
export function pinHash(customer: number): string {
  return scryptSync(`pin of ${customer}`, `salt of ${customer}`, 16).toString("hex");
}

export async function work(customer: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  console.log(`customer ${customer}: ${pinHash(customer)}`);
}
