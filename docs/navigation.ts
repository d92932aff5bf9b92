import { existsSync } from "node:fs";

/** A group of pages in the sidebar. A page is named by its path under `src/content/docs`, without the ending. */
export interface NavigationGroup {
  readonly label: string;
  readonly pages: readonly string[];
}

/** Every page there is or will be, in reading order. A page is in the sidebar as soon as its file exists. */
export const NAVIGATION: readonly NavigationGroup[] = [
  {
    label: "Tutorial",
    pages: [
      "tutorial/out-of-time",
      "tutorial/recursion-with-a-position",
      "tutorial/a-budget-that-learns",
      "tutorial/the-watchdog",
      "tutorial/caches-across-hops",
      "tutorial/duplicates-and-crashes",
      "tutorial/guards",
      "tutorial/a-whole-bucket",
      "tutorial/queues-and-loops",
      "tutorial/deploy-watch-stop-pay",
    ],
  },
  { label: "Try it", pages: ["playground"] },
  {
    label: "How-to",
    pages: [
      "how-to/your-first-app",
      "how-to/copy-an-app",
      "how-to/existing-function",
      "how-to/move-a-recursive-function",
      "how-to/move-an-sqs-consumer",
      "how-to/move-a-durable-function",
      "how-to/without-cdk",
      "how-to/deploy-with-sam",
      "how-to/deploy-with-serverless",
      "how-to/deploy-with-sst",
      "how-to/deploy-with-terraform",
      "how-to/deploy-in-the-console",
      "how-to/run-a-template",
      "how-to/step-functions",
      "how-to/list-a-bucket",
      "how-to/test-a-handler",
      "how-to/exactly-once-effects",
      "how-to/fail-for-good",
      "how-to/secrets",
      "how-to/large-state",
      "how-to/cap-concurrent-runs",
      "how-to/managed-instances",
      "how-to/tenants",
      "how-to/python",
      "how-to/powertools-and-middy",
      "how-to/start-and-wait",
      "how-to/sleep",
      "how-to/clean-up",
      "how-to/told-of-ends",
      "how-to/rewind",
      "how-to/traces",
      "how-to/permissions",
      "how-to/kill-switch",
    ],
  },
  {
    label: "Explanation",
    pages: [
      "explanation/why-it-is-hard",
      "explanation/recursion-or-something-else",
      "explanation/guarantees",
      "explanation/promises",
      "explanation/time-budget",
      "explanation/lease-protocol",
      "explanation/exact-output",
      "explanation/walks",
      "explanation/how-a-walk-divides",
      "explanation/walk-protocol",
      "explanation/queue-loops",
      "explanation/sources",
    ],
  },
  {
    label: "Reference",
    pages: [
      "reference/errors",
      "reference/settings",
      "reference/command",
      "reference/events-and-envelope",
      "reference/constructs",
      "reference/embedded-aws",
      "reference/served-by-the-embedded-aws",
      "reference/versions",
      "reference/benchmarks",
      "reference/cheat-sheet",
      "reference/glossary",
      "reference/troubleshooting",
    ],
  },
];

/** Where the generated pages of the packages' public surface are. */
export const API_PAGES = "reference/api";

const PAGES = new URL("src/content/docs/", import.meta.url);

/** The file of a page, if it is written. */
export function fileOfPage(page: string): URL | undefined {
  return [".mdx", ".md"].map((ending) => new URL(page + ending, PAGES)).find((file) => existsSync(file));
}

/** The sidebar as Starlight takes it: groups and pages that exist. */
export function sidebar() {
  const groups = NAVIGATION.map(({ label, pages }) => ({
    label,
    items: pages.filter(fileOfPage).map((page): SidebarItem => page),
  })).filter(({ items }) => items.length > 0);
  if (existsSync(new URL(`${API_PAGES}/`, PAGES))) {
    groups.find(({ label }) => label === "Reference")?.items.push(API_GROUP);
  }
  return groups;
}

const API_GROUP = { label: "API", collapsed: true, items: [{ autogenerate: { directory: API_PAGES } }] };

type SidebarItem = string | typeof API_GROUP;

/** The label of the group that a page is in. */
export function pageGroup(page: string): string | undefined {
  if (page.startsWith(`${API_PAGES}/`)) return "API";
  return NAVIGATION.find(({ pages }) => pages.includes(page))?.label;
}
