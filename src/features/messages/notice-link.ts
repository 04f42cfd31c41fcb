import { days, type Instant, plus } from "../../kernel/time.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import { type MessagesDeps, noticeTemplates, type Outgoing } from "./contract.ts";

/** How long after a notice its reader can say that it was not them. */
const lifetime = days(30);

/** A link that is on its way: its address for the message, its hash for the table. */
export type MadeLink = { url: string; tokenHash: Buffer; accountId: string; event: string; expiresAt: Instant };

/** What is kept of a link's token: 256 random bits. */
export const noticeTokenHash = (keyring: Pick<Keyring, "hash">, token: string): Buffer =>
  keyring.hash("notice-link", token);

/** The link of a notice that goes out by e-mail (REC-8); null for every other message. A text message is too short for one. */
export function makeNoticeLink(
  { random, keyring, publicUrl, clock }: Pick<MessagesDeps, "random" | "keyring" | "publicUrl" | "clock">,
  { template, channel, accountId }: Pick<Outgoing, "template" | "channel" | "accountId">,
): MadeLink | null {
  if (channel !== "email" || accountId === undefined || !noticeTemplates.some((notice) => notice === template))
    return null;
  const token = random.bytes(32).toString("base64url");
  const url = new URL(`/not-me/${token}`, publicUrl).href;
  return {
    url,
    tokenHash: noticeTokenHash(keyring, token),
    accountId,
    event: template,
    expiresAt: plus(clock.now(), lifetime),
  };
}
