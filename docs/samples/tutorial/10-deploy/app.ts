import { App } from "aws-cdk-lib";
import { InvoicesStack } from "./stack.ts";

new InvoicesStack(new App(), "Invoices");
