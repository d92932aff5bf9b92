import { families } from "./simulated-families.ts";
import { soakCommand } from "./soak-command.ts";

await soakCommand(families, "@longhaul/core");
