import { beginCases } from "./begin-cases.ts";
import { endCases } from "./end-cases.ts";
import { historyCases } from "./history-cases.ts";
import { listCases } from "./list-cases.ts";
import { ownerCases } from "./owner-cases.ts";
import type { StoreCase } from "./store-case.ts";

/** Every promise of a {@link RunStore}, each as a case of its own. */
export const storeCases: readonly StoreCase[] = [
  ...beginCases,
  ...ownerCases,
  ...endCases,
  ...listCases,
  ...historyCases,
];
