import { soakCommand, trialsOf } from "../../core/test/soak-command.ts";
import { families } from "./simulated-families.ts";

await soakCommand(trialsOf(families), "@longhaul/objects");
