import { ArnFormat, Stack } from "aws-cdk-lib";
import { Policy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import { Construct } from "constructs";

/** A group of one-off schedules that wake the runs of one function, and the role they act with. */
export class Waking extends Construct {
  /** The role of the schedules. */
  readonly role: Role;
  /** Variables for the handler's environment, which `schedulerDriver()` reads. */
  readonly environment: Readonly<Record<string, string>>;
  private readonly group: CfnScheduleGroup;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.group = new CfnScheduleGroup(this, "Schedules");
    // The source is the group, as CreateSchedule tries the role before there is a schedule:
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    const ofGroup = { "aws:SourceAccount": Stack.of(this).account, "aws:SourceArn": this.group.attrArn };
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com", { conditions: { StringEquals: ofGroup } }),
    });
    this.environment = { LONGHAUL_WAKE_ROLE: this.role.roleArn, LONGHAUL_WAKE_GROUP: this.group.ref };
  }

  /** Lets a function make schedules in the group, with this role. */
  grantSchedules(fn: LambdaFunction): void {
    const schedules = Stack.of(this).formatArn({
      service: "scheduler",
      resource: "schedule",
      resourceName: `${this.group.ref}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    fn.addToRolePolicy(new PolicyStatement({ actions: ["scheduler:CreateSchedule"], resources: [schedules] }));
    fn.addToRolePolicy(new PolicyStatement({ actions: ["iam:PassRole"], resources: [this.role.roleArn] }));
  }

  /** Lets the schedules invoke a function, on any alias or version, as its runs were invoked. */
  mayInvoke(fn: LambdaFunction): void {
    const arn = fn.functionArn;
    // A policy of its own: the function's environment names the role, which thus cannot wait for the function.
    const policy = new Policy(this, "Invoke", {
      statements: [new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [arn, `${arn}:*`] })],
    });
    this.role.attachInlinePolicy(policy);
  }
}
