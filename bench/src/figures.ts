/** `npm run figures`: writes the figures that pages quote anew, from the saved results. */
import { commandLine } from "../../scripts/command-line.ts";
import { writeFigures } from "./write-figures.ts";

commandLine(
  "Writes the figures in READMEs and the documentation anew, from bench/results.json.\n\n  npm run figures",
  {},
);
const changed = writeFigures();
console.log(changed.length === 0 ? "All figures are those of the results." : `Written anew: ${changed.join(", ")}`);
