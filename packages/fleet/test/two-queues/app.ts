import { fileURLToPath } from "node:url";
import { LoopFleet } from "@longhaul/cdk";
import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";

/** Two queues: orders are processed by the loops themselves, mails by another function. */
class TwoQueues extends Stack {
  constructor(scope: App) {
    super(scope, "TwoQueues");
    const mailer = new LambdaFunction(this, "Mailer", {
      runtime: Runtime.NODEJS_24_X,
      handler: "mailer.handler",
      timeout: Duration.seconds(10),
      code: Code.fromAsset(fileURLToPath(new URL("mailer", import.meta.url))),
    });
    const fleet = new LoopFleet(this, "Fleet", {
      entry: fileURLToPath(new URL("handler.ts", import.meta.url)),
      timeout: Duration.seconds(5),
      queues: {
        Orders: {
          processor: "orders",
          visibilitySeconds: 2,
          messageTimeoutSeconds: 2,
          maxReceiveCount: 3,
          maxLoops: 4,
          cooldownSeconds: 0,
          alarmsAt: [10, 40],
        },
        Mails: { processor: "mails", visibilitySeconds: 2 },
      },
      environment: {
        MAILER_ARN: mailer.functionArn,
        WAIT_SECONDS: "1",
        HEARTBEAT_MS: "1000",
        IDLE_AFTER_MS: "60000",
      },
    });
    mailer.grantInvoke(fleet.loop);
    for (const [name, value] of Object.entries(fleet.outputs)) new CfnOutput(this, name, { value });
  }
}

const app = new App({ analyticsReporting: false });
new TwoQueues(app);
app.synth();
