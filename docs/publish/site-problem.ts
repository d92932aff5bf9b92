/** Something a reader would stumble over, with the page where it is. */
export interface SiteProblem {
  readonly page: string;
  readonly problem: string;
}

/** The built site is not fit to be read. */
export class SiteError extends Error {
  constructor(problems: readonly SiteProblem[]) {
    super(problems.map(({ page, problem }) => `${page}: ${problem}`).join("\n"));
    this.name = "SiteError";
  }
}
