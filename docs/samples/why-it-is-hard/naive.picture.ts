import { historyOfSimulation } from "../../generate/simulated-history.ts";
import { naiveRun } from "./naive-run.ts";

export default async () => historyOfSimulation(await naiveRun(), "naive");
