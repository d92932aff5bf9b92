import { describeKilledHops } from "./killed-hops.ts";

describeKilledHops("sqs");
