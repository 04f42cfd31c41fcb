import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { BrokerLogout } from "../../ports/identity-broker.ts";
import { readSession, sessionKey, writeSession } from "./broker-session.ts";
import { type Connection, obstacleTo } from "./connection.ts";
import { trustedNow } from "./idp-metadata.ts";
import { skew } from "./judge-response.ts";
import { readMemory, writeMemory } from "./memory.ts";
import { logoutRequest, logoutResponse, newMessageId } from "./messages.ts";
import { type Kind, readRedirect, redirectUrl } from "./redirect-binding.ts";
import { attributeOf, hasDoubleIds, instantOf, isNamed, type Name, only, textOf } from "./xml.ts";

/** How long after it was made a message is good for, unless it says less. */
const lifetime = minutes(5);

/** Single logout, all of it by HTTP-Redirect. */
export function makeLogout(connection: Connection): BrokerLogout {
  const { idp, entityId, logoutUrl, context } = connection;
  const envelope = (destination: string, now: Instant) => ({ id: newMessageId(), entityId, destination, now });

  const read = (query: string, kind: Kind, name: Name, now: Instant) => {
    if (obstacleTo(connection, now)) return null;
    const found = readRedirect(query, kind, trustedNow(idp, now));
    if (!found || !isNamed(found.root, name) || hasDoubleIds(found.root)) return null;
    const { root } = found;
    const isOurs =
      attributeOf(root, "Version") === "2.0" &&
      attributeOf(root, "Destination") === logoutUrl &&
      textOf(only(root, "saml:Issuer")) === idp.entityId;
    const id = attributeOf(root, "ID");
    const goodUntil = endOf(root, now);
    return isOurs && id && goodUntil ? { ...found, id, goodUntil } : null;
  };

  return {
    async request({ brokerSession, state, language, now }) {
      const out = envelope(idp.sloUrl, now);
      const xml = logoutRequest(out, readSession(brokerSession), language);
      const { privateKey } = await context.keys.signing();
      const url = redirectUrl(idp.sloUrl, { kind: "SAMLRequest", xml, relayState: state }, privateKey);
      return { result: "departs", url, memory: writeMemory({ id: out.id }) };
    },

    async readAnswer(query, { memory, now }) {
      const found = read(query, "SAMLResponse", "samlp:LogoutResponse", now);
      return found !== null && attributeOf(found.root, "InResponseTo") === readMemory(memory)?.id;
    },

    async readRequest(query, now) {
      const found = read(query, "SAMLRequest", "samlp:LogoutRequest", now);
      if (!found) return null;
      const name = only(found.root, "saml:NameID");
      const nameId = textOf(name);
      const sessionIndex = textOf(only(found.root, "samlp:SessionIndex"));
      if (!nameId || !sessionIndex) return null;
      const brokerSession = writeSession({
        nameId,
        sessionIndex,
        format: attributeOf(name, "Format"),
        nameQualifier: attributeOf(name, "NameQualifier"),
        spNameQualifier: attributeOf(name, "SPNameQualifier"),
      });
      const memory = writeMemory({ id: found.id, relayState: found.relayState });
      return { brokerSession, messageId: found.id, expiresAt: found.goodUntil, memory };
    },

    async answer(memory, now) {
      const request = readMemory(memory);
      if (!request) throw new Error("this is no memory of a logout request");
      const xml = logoutResponse(envelope(idp.sloAnswerUrl, now), request.id);
      const { privateKey } = await context.keys.signing();
      const relayState = request.relayState ?? null;
      return redirectUrl(idp.sloAnswerUrl, { kind: "SAMLResponse", xml, relayState }, privateKey);
    },

    key: sessionKey,
  };
}

/** Until when a message is good; null when that is past, or when it comes from the future. */
function endOf(root: Element, now: Instant): Instant | null {
  const made = instantOf(attributeOf(root, "IssueInstant"));
  const given = attributeOf(root, "NotOnOrAfter");
  const end = given === null ? null : instantOf(given);
  if (!made || made > plus(now, skew) || (given !== null && !end)) return null;
  const longest = plus(made, lifetime);
  const until = plus(end && end < longest ? end : longest, skew);
  return now < until ? until : null;
}
