import type { SnsCase } from "./sns-clients.ts";
import { deliveryCases } from "./sns-conformance-delivery.ts";
import { filterCases } from "./sns-conformance-filters.ts";
import { topicCases } from "./sns-conformance-topics.ts";

/** Checks SNS's behaviour with the SDK; runs against the embedded SNS and any peer. */
export const snsCases: readonly SnsCase[] = [...topicCases, ...deliveryCases, ...filterCases];
