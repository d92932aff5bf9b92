import { check as lease } from "../../packages/core/test/verify/lease-check.ts";
import { check as fleets } from "../../packages/fleet/test/verify/fleet-check.ts";
import { check as walks } from "../../packages/walk/test/verify/walk-check.ts";
import type { ExhaustiveCheck } from "./exhaustive-check.ts";

/** The exhaustive checks of the command. */
export const CHECKS: readonly ExhaustiveCheck[] = [lease, walks, fleets];
