/**
 * Builds the site into `docs/dist`: static files that open from any folder. Ends with 1, and leaves the last good site
 * as it is, on any warning of the build, a dead link or anchor, a page without content, or a missing sample.
 *
 * usage: npm run docs:build
 */
import { SiteError } from "../publish/site-problem.ts";
import { installPackages } from "./install-packages.ts";

installPackages();
const { buildSite } = await import("../publish/build-site.ts");
try {
  await buildSite();
} catch (error) {
  console.error(error instanceof SiteError ? `The site was not built:\n${error.message}` : error);
  process.exitCode = 1;
}
