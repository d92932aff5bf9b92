// #region loops
import { fleetSettings, invoke, type Processors, pollingFleet } from "@longhaul/fleet";

const processors: Processors = {
  orders: async ({ body }, { signal }) => {
    await fetch("https://shop.example/orders", { method: "POST", body, signal });
  },
  mails: invoke("arn:aws:lambda:eu-central-1:123456789012:function:mailer"),
};

export const { loop, start, stop, scaleUp, scaleDown, restart } = pollingFleet({
  processors,
  ...fleetSettings(process.env),
});
// #endregion loops
