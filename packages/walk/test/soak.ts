import { soakCommand } from "../../core/test/soak-command.ts";
import { walkTrials } from "./walk-trials.ts";

await soakCommand(walkTrials, "@longhaul/walk");
