import { testMachineCheck } from "../../../../verify/test/machine-check-tests.ts";
import { check } from "./walk-check.ts";

testMachineCheck(check, "a walk", 20);
