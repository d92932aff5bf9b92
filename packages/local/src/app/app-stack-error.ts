import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** The folder of an app does not say how to deploy it: its `cdk.json`, its stack or its configuration lacks something. */
export class AppStackError extends LocalAwsError {
  constructor(message: string, options?: ErrorOptions) {
    super("AppStack", message, options);
  }
}
