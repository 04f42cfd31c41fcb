import * as z from "zod";
import { type Instant, plus, seconds } from "../../../kernel/time.ts";
import type { Keyring } from "../../../platform/seal/index.ts";

/** How long a code waits to be redeemed. */
const codeLife = seconds(60);

const form = z.object({
  /** `jti` of the request, which is answered once: what the code's mark of use goes by. */
  jti: z.string(),
  person: z.string(),
  means: z.string(),
  nonce: z.string(),
  codeChallenge: z.string().nullable(),
  at: z.coerce.date(),
});

/** What a code stands for: who identified themselves, by which means, for which request, when. */
export type Ticket = Readonly<z.infer<typeof form>>;

const place = { table: "demo_bank", column: "code", row: "" };

/** Until when a code is good; from then on its mark of use may go. */
export const codeExpiry = ({ at }: Ticket): Instant => plus(at, codeLife);

/** Nothing is kept of a code: what it stands for is sealed into it, so that every node can redeem it. */
export const sealCode = (keyring: Keyring, ticket: Ticket): string =>
  keyring.seal(place, JSON.stringify(ticket)).toString("base64url");

/** What the code stands for; null when it is none of ours, or too old. */
export function openCode(keyring: Keyring, code: string, now: Instant): Ticket | null {
  try {
    const ticket = form.parse(JSON.parse(keyring.open(place, Buffer.from(code, "base64url")).toString()));
    return now < codeExpiry(ticket) ? ticket : null;
  } catch {
    return null;
  }
}
