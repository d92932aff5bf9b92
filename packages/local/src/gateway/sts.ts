import { writeProtocolError, xmlEscaped } from "./protocol-error.ts";
import { RequestTooLarge, readBody } from "./request-body.ts";
import type { Service } from "./service.ts";

/** STS as far as tools need it: `GetCallerIdentity`. */
export function createSts(accountId: string): Service {
  return {
    async handle({ request, response, principal, requestId }) {
      const body = await readBody(request, 64 * 1024).catch((error: unknown) => {
        if (error instanceof RequestTooLarge) return Buffer.alloc(0);
        throw error;
      });
      const action = new URLSearchParams(body.toString()).get("Action") ?? "no action";
      if (action !== "GetCallerIdentity") {
        writeProtocolError(request, response, {
          status: 501,
          code: "NotImplemented",
          message: `The embedded AWS serves sts:GetCallerIdentity only, not ${action.slice(0, 100)}.`,
          requestId,
        });
        return;
      }
      const arn = principal.roleArn ?? `arn:aws:iam::${accountId}:root`;
      const answer = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${xmlEscaped(arn)}</Arn><UserId>${xmlEscaped(principal.accessKeyId)}</UserId><Account>${accountId}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
      response.writeHead(200, { "content-type": "text/xml", "content-length": Buffer.byteLength(answer) });
      response.end(answer);
    },
  };
}
