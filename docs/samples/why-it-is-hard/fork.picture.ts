import { historyOfSimulation } from "../../generate/simulated-history.ts";
import { forkRun } from "./fork-run.ts";

export default async () => historyOfSimulation(await forkRun(), "fork");
