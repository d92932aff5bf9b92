import { testMachineCheck } from "../../../../verify/test/machine-check-tests.ts";
import { check } from "./fleet-check.ts";

testMachineCheck(check, "a fleet", 30);
