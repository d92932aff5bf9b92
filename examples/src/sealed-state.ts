import { recursive, secretSeal } from "@longhaul/core";

/** How far a mailing is. The token is secret, so the state is sealed: encrypted, and bound to its event. */
interface Mailing {
  readonly token: string;
  readonly next: number;
}

// The first secret seals, all of them open: put a new one in front, and take the old one away when its runs are over.
const seal = secretSeal((process.env.STATE_SECRET ?? "").split("\n"));

export const handler = recursive({
  state: { seal },
  async start(event: { list: string; recipients: number }): Promise<Mailing> {
    const answer = await fetch(`https://mail.example.com/sessions/${event.list}`, { method: "POST" });
    return { token: await answer.text(), next: 0 };
  },
  async *run({ token, next }: Mailing, { event, signal }) {
    for (let recipient = next; recipient < event.recipients; recipient++) {
      const headers = { Authorization: `Bearer ${token}` };
      await fetch(`https://mail.example.com/${event.list}/${recipient}`, { method: "POST", headers, signal });
      yield { token, next: recipient + 1 };
    }
    return event.recipients;
  },
});
