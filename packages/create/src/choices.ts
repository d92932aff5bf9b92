import type { TemplateName } from "./templates.ts";

/** How an app is deployed: by CDK, or by something else that the user has. */
export const INFRA = ["cdk", "none"] as const;
export type Infra = (typeof INFRA)[number];

/** Everything that has to be known to make an app. */
export interface Choices {
  /** The folder as it was given; relative to the working directory. */
  readonly folder: string;
  /** Name of the package. Default: made from the folder's. */
  readonly name: string | undefined;
  readonly template: TemplateName;
  readonly infra: Infra;
  /** A file of the user's that takes the place of the sample data. Default: the sample. */
  readonly data: string | undefined;
  readonly install: boolean;
  /** Whether files of the same name in the folder are replaced. */
  readonly force: boolean;
}

/** The choices that flags made. */
export interface GivenChoices {
  readonly folder?: string;
  readonly name?: string;
  readonly template?: TemplateName;
  readonly infra?: Infra;
  readonly data?: { readonly file: string | undefined };
  readonly install?: boolean;
  readonly force: boolean;
}
