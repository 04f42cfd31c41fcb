import { randomBytes } from "node:crypto";
import { minutes, plus } from "../../../src/kernel/time.ts";
import type { SuomifiPerson } from "./people.ts";
import { type Cipher, encryptXml, type SigningKey, type SignOptions, signXml } from "./xml-security.ts";

/** What a response answers, and for whom it is. */
export type ForWhom = Readonly<{
  requestId: string;
  acsUrl: string;
  entityId: string;
  encryptionCertificate: string;
}>;

/** How a response differs from a right one. Instants are minutes from now. */
export type Changes = Readonly<
  Partial<{
    issuer: string;
    destination: string;
    recipient: string;
    audience: string;
    responseInResponseTo: string | null;
    inResponseTo: string | null;
    issuedAt: number;
    notBefore: number;
    notOnOrAfter: number;
    authenticatedAt: number;
    method: string;
    attributes: Readonly<Record<string, string | readonly string[]>>;
    /** Second-level status, under `top`. */
    status: string;
    top: string;
    signResponse: boolean | SignOptions;
    signAssertion: boolean | SignOptions;
    signedBy: SigningKey;
    encrypt: boolean;
    cipher: Cipher;
    rsa15: boolean;
    moreConditions: string;
    /** A pen for the XML: of the assertion before and after it is signed, of what goes in its place, and of the whole. */
    assertionDraft(xml: string): string;
    assertion(xml: string): string;
    contents(assertion: string, seal: (xml: string) => Promise<string>): Promise<string>;
    responseDraft(xml: string): string;
    response(xml: string): string;
  }>
>;

const xmlns = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"';
export const newId = (): string => `_${randomBytes(16).toString("hex")}`;
const same = (xml: string): string => xml;

export type Making = Readonly<{ entityId: string; key: SigningKey; now: Date; sessionIndex: string; nameId: string }>;

/** The XML of a response, signed and encrypted as Suomi.fi does, but for `changes`. */
export async function makeResponse(to: ForWhom, person: SuomifiPerson, making: Making, changes: Changes = {}) {
  const key = changes.signedBy ?? making.key;
  const id = newId();
  const issuer = `<saml:Issuer>${changes.issuer ?? making.entityId}</saml:Issuer>`;
  const top = changes.top ?? (changes.status === undefined ? "Success" : "Responder");
  const failed = top !== "Success";
  const contents = failed ? "" : await contentsOf(to, person, making, changes);
  const draft = `<samlp:Response ${xmlns} ID="${id}" Version="2.0" IssueInstant="${at(making, changes.issuedAt ?? 0)}" Destination="${
    changes.destination ?? to.acsUrl
  }"${optional("InResponseTo", changes.responseInResponseTo, to.requestId)}>${issuer}<samlp:Status>${code(
    top,
    changes.status,
  )}</samlp:Status>${contents}</samlp:Response>`;
  const ready = (changes.responseDraft ?? same)(draft);
  const signed = sign(ready, id, key, changes.signResponse ?? true);
  return (changes.response ?? same)(signed);
}

async function contentsOf(to: ForWhom, person: SuomifiPerson, making: Making, changes: Changes): Promise<string> {
  const id = newId();
  const draft = (changes.assertionDraft ?? same)(assertionXml(id, to, person, making, changes));
  const signed = sign(draft, id, changes.signedBy ?? making.key, changes.signAssertion ?? true);
  const assertion = (changes.assertion ?? same)(signed);
  const { cipher = "aes256-gcm", rsa15 = false } = changes;
  const seal = async (xml: string) =>
    `<saml:EncryptedAssertion>${await encryptXml(xml, to.encryptionCertificate, { cipher, rsa15 })}</saml:EncryptedAssertion>`;
  if (changes.contents) return changes.contents(assertion, seal);
  return changes.encrypt === false ? assertion : seal(assertion);
}

function sign(xml: string, id: string, key: SigningKey, how: boolean | SignOptions): string {
  return how === false ? xml : signXml(xml, id, key, how === true ? {} : how);
}

const code = (top: string, second: string | undefined): string => {
  const value = (name: string) => `Value="urn:oasis:names:tc:SAML:2.0:status:${name}"`;
  return second === undefined
    ? `<samlp:StatusCode ${value(top)}/>`
    : `<samlp:StatusCode ${value(top)}><samlp:StatusCode ${value(second)}/></samlp:StatusCode>`;
};
const at = ({ now }: Making, offset: number): string => plus(now, minutes(offset)).toISOString();
const optional = (name: string, changed: string | null | undefined, usual: string): string =>
  changed === null ? "" : ` ${name}="${changed ?? usual}"`;

function assertionXml(id: string, to: ForWhom, person: SuomifiPerson, making: Making, changes: Changes): string {
  const { entityId, nameId, sessionIndex } = making;
  const { notBefore = 0, notOnOrAfter = 5, authenticatedAt = 0, issuedAt = 0 } = changes;
  const end = `NotOnOrAfter="${at(making, notOnOrAfter)}"`;
  const issuer = changes.issuer ?? entityId;
  const attributes = Object.entries({ ...person.attributes, ...changes.attributes }).map(([name, value]) => {
    const values = [value].flat().map((one) => `<saml:AttributeValue>${one}</saml:AttributeValue>`);
    return `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">${values.join("")}</saml:Attribute>`;
  });
  return `<saml:Assertion ${xmlns} ID="${id}" Version="2.0" IssueInstant="${at(making, issuedAt)}"><saml:Issuer>${issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="${entityId}" SPNameQualifier="${to.entityId}">${nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Address="172.17.0.1"${optional(
    "InResponseTo",
    changes.inResponseTo,
    to.requestId,
  )} ${end} Recipient="${changes.recipient ?? to.acsUrl}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${at(making, notBefore)}" ${end}><saml:AudienceRestriction><saml:Audience>${
    changes.audience ?? to.entityId
  }</saml:Audience></saml:AudienceRestriction>${changes.moreConditions ?? ""}</saml:Conditions><saml:AuthnStatement AuthnInstant="${at(
    making,
    authenticatedAt,
  )}" SessionIndex="${sessionIndex}"><saml:SubjectLocality Address="172.17.0.1"/><saml:AuthnContext><saml:AuthnContextClassRef>${
    changes.method ?? person.method
  }</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${attributes.join("")}</saml:AttributeStatement></saml:Assertion>`;
}
