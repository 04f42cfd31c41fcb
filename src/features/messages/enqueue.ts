import { defaultTimeZone } from "../../platform/i18n/index.ts";
import type { Messages, MessagesDeps, Outgoing } from "./contract.ts";
import { refusalOf } from "./domain/phone.ts";
import { type MadeLink, makeNoticeLink } from "./notice-link.ts";
import { insertNoticeLinks } from "./notice-link-store.ts";
import { insertMessages, type NewMessage } from "./store.ts";
import { placeOf, render } from "./templates/index.ts";

export const makeEnqueue = (deps: MessagesDeps): Messages["enqueue"] => {
  const { clock, random, keyring, timeZone = defaultTimeZone } = deps;
  return async (tx, messages) => {
    const links: MadeLink[] = [];
    const rows = messages.map((message): NewMessage => {
      const id = random.id();
      const refused = refusal(message, deps);
      const link = refused ? null : makeNoticeLink(deps, message);
      if (link) links.push(link);
      return {
        id,
        channel: message.channel,
        template: message.template,
        organisationId: message.letterhead.organisationId,
        accountId: message.accountId ?? null,
        subjectId: message.subjectId ?? null,
        language: message.language,
        expiresAt: message.expiresAt,
        outcome: refused
          ? { failed: refused }
          : { contents: keyring.seal(placeOf(id), JSON.stringify(render(message, timeZone, link?.url))) },
      };
    });
    const now = clock.now();
    await Promise.all([insertNoticeLinks(tx, links, now), insertMessages(tx, rows, now)]);
  };
};

/** Why `message` can never be sent, where that is known at once. Throws for a link to somewhere else: that is our fault. */
function refusal(message: Outgoing, { mail, sms, publicUrl, allowedSmsCountries }: MessagesDeps): string | null {
  const url = "url" in message.parameters ? message.parameters.url : null;
  if (url !== null && new URL(url).origin !== new URL(publicUrl).origin)
    throw new Error("a message must not link to another address than the service's own");
  if (message.channel === "email") return mail ? null : "no mail server is configured";
  if (!sms) return "no gateway for text messages is configured";
  return refusalOf(message.to, allowedSmsCountries);
}
