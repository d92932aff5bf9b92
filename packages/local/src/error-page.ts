/** The address of the folder with a page for each code. `docs/releasing.md` says how to change it. */
const ERROR_PAGES = "https://github.com/longhaul/longhaul/blob/main/docs/errors/";

/** Address of the page of an error's code: what happened, why, and what to do. */
export function errorPage(code: string): string {
  return `${ERROR_PAGES}${code}.md`;
}
