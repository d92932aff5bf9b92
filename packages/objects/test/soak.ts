import { soakCommand } from "../../core/test/soak-command.ts";
import { families } from "./simulated-families.ts";

await soakCommand(families, "@longhaul/objects");
