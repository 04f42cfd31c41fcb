import { type Clock, machineClock } from "../../../src/ports/clock.ts";
import { makeRsaCertificate } from "../certificate.ts";
import type { SuomifiPerson } from "./people.ts";
import { attributeIn, readRedirectUrl, signedQuery, textIn } from "./redirects.ts";
import { type Changes, type ForWhom, makeResponse, newId } from "./response.ts";
import { type SigningKey, signXml } from "./xml-security.ts";

/** A session at the identity provider, as a logout names it. */
export type IdpSession = Readonly<{ nameId: string; sessionIndex: string }>;

export type LogoutChanges = Readonly<
  Partial<{
    issuer: string;
    destination: string;
    issuedAt: number;
    signedBy: SigningKey;
    sessionIndex: string | null;
    xml(xml: string): string;
  }>
>;

/**
 * Suomi.fi's identity provider, as messages: it reads our requests as strictly as Suomi.fi, and answers rightly, or with any
 * of the changes that no sound provider would make. `spMetadata` is ours, which it must have read before.
 */
export function makeSuomifiIdp({
  url = "https://idp.example",
  entityId = `${url}/idp1`,
  clock = machineClock,
}: {
  url?: string;
  entityId?: string;
  clock?: Clock;
} = {}) {
  const [key, next] = [makeRsaCertificate("idp-1"), makeRsaCertificate("idp-2")];
  const metadataKey = makeRsaCertificate("metadata-signing");
  let sp = "";
  const certificatesFor = (use: string) =>
    [...sp.matchAll(/<md:KeyDescriptor use="(\w+)">.*?<ds:X509Certificate>([^<]+)</gs)]
      .filter(([, found]) => found === use)
      .map(([, , base64 = ""]) => pemOf(base64));
  const minutesFromNow = (offset: number) => new Date(clock.now().getTime() + offset * 60_000).toISOString();
  const read = (address: string) => readRedirectUrl(address, certificatesFor("signing"));

  /** Reads a request to identify; throws where Suomi.fi would refuse it. */
  const readRequest = (address: string): ForWhom & { relayState: string; language: string; xml: string } => {
    const { xml, relayState, kind } = read(address);
    const acsUrl = attributeIn(xml, "AuthnRequest", "AssertionConsumerServiceURL");
    const demands = {
      kind: kind === "SAMLRequest" && xml.includes("<samlp:AuthnRequest"),
      destination:
        attributeIn(xml, "AuthnRequest", "Destination") === `${url}/sso` && address.startsWith(`${url}/sso?`),
      issuer: textIn(xml, "Issuer") === attributeIn(sp, "EntityDescriptor", "entityID"),
      acs: acsUrl === attributeIn(sp, "AssertionConsumerService", "Location"),
      fresh: attributeIn(xml, "AuthnRequest", "ForceAuthn") === "true",
      contexts: !xml.includes("RequestedAuthnContext"),
      language: /<vetuma xmlns="urn:vetuma:SAML:2.0:extensions"><LG>(?:fi|sv|en)<\/LG><\/vetuma>/.test(xml),
    };
    const wrong = Object.entries(demands).find(([, met]) => !met);
    if (wrong) throw new Error(`RequestDenied: ${wrong[0]}`);
    const [encryptionCertificate = ""] = certificatesFor("encryption");
    const requestId = attributeIn(xml, "AuthnRequest", "ID");
    return {
      requestId,
      acsUrl,
      entityId: textIn(xml, "Issuer"),
      encryptionCertificate,
      relayState,
      xml,
      language: textIn(xml, "LG"),
    };
  };

  const message = (name: string, more: string, body: string, changes: LogoutChanges) => {
    const destination = changes.destination ?? attributeIn(sp, "SingleLogoutService", "Location");
    const xml = `<samlp:${name} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${newId()}" Version="2.0" IssueInstant="${minutesFromNow(
      changes.issuedAt ?? 0,
    )}" Destination="${destination}"${more}><saml:Issuer>${changes.issuer ?? entityId}</saml:Issuer>${body}</samlp:${name}>`;
    return changes.xml ? changes.xml(xml) : xml;
  };

  return {
    url,
    entityId,
    key,
    nextKey: next,
    metadataKey,
    /** Our metadata, as an operator gave it there. */
    register: (spMetadata: string) => {
      sp = spMetadata;
    },
    /** Its metadata; both certificates are there while it changes its key. It has no identifier, as Suomi.fi's has none. */
    metadata: ({
      certificates = [key.certificate, next.certificate],
      use = ' use="signing"',
      validUntil = "",
      signed = false,
      more = "",
    }: {
      certificates?: readonly string[];
      use?: string;
      validUntil?: string;
      signed?: boolean;
      more?: string;
    } = {}) => {
      const xml = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"${
        validUntil && ` validUntil="${validUntil}"`
      }><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${more}>${certificates
        .map(
          (pem) =>
            `<md:KeyDescriptor${use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64Of(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
        )
        .join(
          "",
        )}${endpoint("SingleLogoutService", `${url}/slo`)}${endpoint("SingleSignOnService", `${url}/sso`)}</md:IDPSSODescriptor></md:EntityDescriptor>`;
      return signed ? signXml(xml, null, metadataKey) : xml;
    },
    readRequest,
    /** The XML of an answer, and the session that it began. */
    async respondXml(to: ForWhom, person: SuomifiPerson, changes: Changes = {}) {
      const session: IdpSession = { nameId: `AAdzZWNyZXQx${newId()}`, sessionIndex: newId() };
      const making = { entityId, key, now: clock.now(), ...session };
      return { xml: await makeResponse(to, person, making, changes), session };
    },
    logoutRequest: ({ nameId, sessionIndex }: IdpSession, changes: LogoutChanges = {}, relayState?: string) => {
      const index = changes.sessionIndex === undefined ? sessionIndex : changes.sessionIndex;
      const body = `<saml:NameID>${nameId}</saml:NameID>${index === null ? "" : `<samlp:SessionIndex>${index}</samlp:SessionIndex>`}`;
      return signedQuery(
        "SAMLRequest",
        message("LogoutRequest", "", body, changes),
        changes.signedBy ?? key,
        relayState,
      );
    },
    logoutResponse: (inResponseTo: string, changes: LogoutChanges = {}, relayState?: string) => {
      const status =
        '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>';
      const xml = message("LogoutResponse", ` InResponseTo="${inResponseTo}"`, status, changes);
      return signedQuery("SAMLResponse", xml, changes.signedBy ?? key, relayState);
    },
    /** A message about logout of ours; throws where it is not signed. */
    readLogout: read,
  };
}

export type SuomifiIdp = ReturnType<typeof makeSuomifiIdp>;

const redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const endpoint = (name: string, location: string) =>
  ["POST", "Redirect"]
    .map((kind) => `<md:${name} Binding="${redirect.replace("Redirect", kind)}" Location="${location}"/>`)
    .join("");
const base64Of = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, "");
const pemOf = (base64: string): string =>
  `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
