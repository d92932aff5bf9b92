import { families } from "./simulated-families.ts";
import { soakCommand, trialsOf } from "./soak-command.ts";

await soakCommand(trialsOf(families), "@longhaul/core");
