/** Ensures a Chromium for the tests in a browser, or says how to get one. */
import { installChromium } from "../browser/chromium.ts";

try {
  console.log(`Chromium: ${installChromium()}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
