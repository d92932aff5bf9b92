import { App, Aws, Duration, Stack } from "aws-cdk-lib";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { QueueLoopsStack } from "../infra/stack.ts";

const app = new App({ analyticsReporting: false });
const mailer = "queue-loops-mailer";

/** The function that the second queue's messages go to. */
class Mailer extends Stack {
  constructor(scope: App) {
    super(scope, "Mailer");
    new LambdaFunction(this, "Function", {
      functionName: mailer,
      runtime: Runtime.NODEJS_24_X,
      handler: "mailer.handler",
      timeout: Duration.seconds(10),
      code: Code.fromAsset(`${import.meta.dirname}/mailer`),
    });
  }
}

new Mailer(app);
new QueueLoopsStack(app, "QueueLoops", {
  timeout: Duration.seconds(5),
  queues: {
    Orders: { visibilitySeconds: 2, maxReceiveCount: 3, maxLoops: 4, cooldownSeconds: 0, alarmsAt: [10, 40] },
    Mails: {
      functionArn: `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${mailer}`,
      visibilitySeconds: 2,
    },
  },
  environment: { WAIT_SECONDS: "1", HEARTBEAT_EVERY_MS: "300", STALE_AFTER_MS: "4000", IDLE_AFTER_MS: "60000" },
});
app.synth();
