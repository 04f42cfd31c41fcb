import { randomBytes } from "node:crypto";
import type { Language } from "../../kernel/language.ts";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import type { BrokerSession } from "./broker-session.ts";
import { bindings, transient } from "./vocabulary.ts";
import { escapeXml, namespaces } from "./xml.ts";

/** What every message of ours says of itself. */
export type Envelope = Readonly<{ id: string; entityId: string; destination: string; now: Instant }>;

/** An identifier nobody can guess; XML wants a letter or an underscore first. */
export const newMessageId = (): string => `_${randomBytes(20).toString("hex")}`;

const attributes = (values: Readonly<Record<string, string | null>>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === null ? [] : [` ${name}="${escapeXml(value)}"`]))
    .join("");

function message(
  kind: string,
  { id, entityId, destination, now }: Envelope,
  more: Record<string, string>,
  body: string,
) {
  const own = { ID: id, Version: "2.0", IssueInstant: now.toISOString(), Destination: destination };
  const spaces = { "xmlns:samlp": namespaces.samlp, "xmlns:saml": namespaces.saml };
  const issuer = `<saml:Issuer>${escapeXml(entityId)}</saml:Issuer>`;
  return `<samlp:${kind}${attributes({ ...spaces, ...own, ...more })}>${issuer}${body}</samlp:${kind}>`;
}

/** The language of Suomi.fi's pages; the name is older than the service. */
const inLanguage = (language: Language): string =>
  `<samlp:Extensions><vetuma xmlns="urn:vetuma:SAML:2.0:extensions"><LG>${language}</LG></vetuma></samlp:Extensions>`;

/** A request to identify somebody anew. By which methods is told in our metadata (Suomi.fi wants no RequestedAuthnContext). */
export const authnRequest = (
  envelope: Envelope,
  { acsUrl, language }: { acsUrl: string; language: Language },
): string =>
  message(
    "AuthnRequest",
    envelope,
    { ForceAuthn: "true", AssertionConsumerServiceURL: acsUrl, ProtocolBinding: bindings.post },
    `${inLanguage(language)}<samlp:NameIDPolicy${attributes({ Format: transient, AllowCreate: "true" })}/>`,
  );

/** A request to end a session at Suomi.fi. */
export function logoutRequest(envelope: Envelope, session: BrokerSession, language: Language): string {
  const { format, nameQualifier, spNameQualifier } = session;
  const qualifiers = attributes({ Format: format, NameQualifier: nameQualifier, SPNameQualifier: spNameQualifier });
  return message(
    "LogoutRequest",
    envelope,
    { NotOnOrAfter: plus(envelope.now, minutes(5)).toISOString() },
    `${inLanguage(language)}<saml:NameID${qualifiers}>${escapeXml(session.nameId)}</saml:NameID>` +
      `<samlp:SessionIndex>${escapeXml(session.sessionIndex)}</samlp:SessionIndex>`,
  );
}

/** Tells that a session has ended here. */
export const logoutResponse = (envelope: Envelope, inResponseTo: string): string =>
  message(
    "LogoutResponse",
    envelope,
    { InResponseTo: inResponseTo },
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>' +
      "<samlp:StatusMessage>Successfully logged out from service</samlp:StatusMessage></samlp:Status>",
  );
