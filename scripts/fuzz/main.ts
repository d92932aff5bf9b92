/**
 * Feeds every decoder seeded inputs that are nearly right: no error may be without a code. Then measures that none takes
 * more than linear time.
 *
 * usage: npm run fuzz [-- --inputs N] [--only NAME]
 */
import { parseArgs } from "node:util";
import { DECODERS } from "./decoders.ts";
import { fuzz, growth } from "./fuzz.ts";

/** Between linear and quadratic; a busy machine and a larger heap make linear decoders measure up to 1.3. */
const MOST_GROWTH = 1.5;

const { values } = parseArgs({ options: { inputs: { type: "string", default: "1000000" }, only: { type: "string" } } });
const inputs = Number(values.inputs);
const decoders = DECODERS.filter(({ name }) => values.only === undefined || name === values.only);
if (!Number.isSafeInteger(inputs) || inputs < 1 || decoders.length === 0) {
  console.error(
    `usage: npm run fuzz [-- --inputs N] [--only NAME]\nnames: ${DECODERS.map(({ name }) => name).join(", ")}`,
  );
  process.exitCode = 2;
} else {
  for (const decoder of decoders) {
    const beganMs = performance.now();
    const finding = await fuzz(decoder, inputs);
    const exponent = await growth(decoder, 64 * 1024, 4);
    const took = ((performance.now() - beganMs) / 1_000).toFixed(1);
    const isSlow = exponent > MOST_GROWTH;
    console.log(
      `${decoder.name.padEnd(20)} ${finding ? "AN ERROR WITHOUT A CODE" : `${inputs} inputs`}, time grows with size^${exponent.toFixed(2)}${isSlow ? ", MORE THAN LINEAR" : ""}, ${took} s`,
    );
    if (finding) console.log(`  seed ${finding.seed}: ${finding.problem}\n  ${finding.input}`);
    if (finding || isSlow) process.exitCode = 1;
  }
}
