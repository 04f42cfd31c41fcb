import { type Identity, type Level, levels, parseIdentity } from "../../kernel/identity.ts";
import { type Instant, minutes, plus } from "../../kernel/time.ts";
import { type Identification, levelTooLow } from "../../ports/identity-broker.ts";
import { type BrokerSession, writeSession } from "./broker-session.ts";
import type { Opened } from "./open-response.ts";
import { type Fault, failureOf, isSuccess } from "./status.ts";
import { attributeNames, levelOf, type Method } from "./vocabulary.ts";
import { at, attributeOf, childrenNamed, childrenOf, instantOf, only, textOf } from "./xml.ts";

/** What a response must fit. */
export type Expected = Readonly<{
  idpEntityId: string;
  entityId: string;
  acsUrl: string;
  requestId: string;
  sentAt: Instant;
  methods: readonly Method[];
  level: Level;
  now: Instant;
}>;

/** Why an opened response was refused: words for the audit, which quote nothing of it. */
export type Refusal =
  | Fault
  | "malformed"
  | "wrong-issuer"
  | "wrong-destination"
  | "unsolicited"
  | "wrong-recipient"
  | "wrong-audience"
  | "wrong-time"
  | "stale-authentication"
  | "not-strong"
  | "level-too-low"
  | "no-identity"
  | "ambiguous-identity"
  | "malformed-identity";

/** How far the clocks of the two may differ. */
export const skew = minutes(3);

type Window = Readonly<{ notBefore: string | null; notOnOrAfter: string | null }>;

/** Whether `now` is in a window, whose start may be left open. */
function isWithin({ notBefore, notOnOrAfter }: Window, now: Instant): boolean {
  const start = instantOf(notBefore);
  const end = instantOf(notOnOrAfter);
  if (!end || (notBefore !== null && !start)) return false;
  return (!start || start <= plus(now, skew)) && plus(now, -skew) < end;
}

const windowOf = (element: Element | null): Window => ({
  notBefore: attributeOf(element, "NotBefore"),
  notOnOrAfter: attributeOf(element, "NotOnOrAfter"),
});

/** Whether something was made after our request, and not in the future. */
const isFresh = (instant: Instant | null, { sentAt, now }: Expected): instant is Instant =>
  instant !== null && plus(sentAt, -skew) <= instant && instant <= plus(now, skew);

/** Who it is, by an opened response that fits what we asked; else why not. */
export function judgeResponse({ response, assertion }: Opened, expected: Expected): Identification {
  const refused = (reason: Refusal) => ({ result: "refused", reason }) as const;
  const wrong = judgeEnvelope(response, expected);
  if (wrong) return refused(wrong);
  if (!isSuccess(response)) {
    const failure = failureOf(response);
    return failure === "cancelled" ? { result: "cancelled" } : refused(failure);
  }
  if (!assertion) return refused("malformed");
  const misfit = judgeAssertion(assertion, expected);
  if (misfit) return refused(misfit);

  const statement = only(assertion, "saml:AuthnStatement");
  const authenticatedAt = instantOf(attributeOf(statement, "AuthnInstant"));
  if (!isFresh(authenticatedAt, expected)) return refused("stale-authentication");
  const level = levelOf(textOf(at(statement, "saml:AuthnContext", "saml:AuthnContextClassRef")), expected.methods);
  if (!level) return refused("not-strong");
  if (levels.indexOf(level) < levels.indexOf(expected.level)) return refused(levelTooLow);
  const identity = identityIn(assertion);
  if (typeof identity === "string") return refused(identity);
  const session = sessionOf(assertion);
  return { result: "identified", identity, level, authenticatedAt, brokerSession: session && writeSession(session) };
}

function judgeEnvelope(response: Element, expected: Expected): Refusal | null {
  if (textOf(only(response, "saml:Issuer")) !== expected.idpEntityId) return "wrong-issuer";
  if (attributeOf(response, "Destination") !== expected.acsUrl) return "wrong-destination";
  if (attributeOf(response, "InResponseTo") !== expected.requestId) return "unsolicited";
  return isFresh(instantOf(attributeOf(response, "IssueInstant")), expected) ? null : "wrong-time";
}

function judgeAssertion(assertion: Element, expected: Expected): Refusal | null {
  const confirmation = at(assertion, "saml:Subject", "saml:SubjectConfirmation");
  const data = only(confirmation, "saml:SubjectConfirmationData");
  const conditions = only(assertion, "saml:Conditions");
  const isBearer = attributeOf(confirmation, "Method") === "urn:oasis:names:tc:SAML:2.0:cm:bearer";
  if (attributeOf(assertion, "Version") !== "2.0" || !isBearer || !data || !conditions) return "malformed";
  if (textOf(only(assertion, "saml:Issuer")) !== expected.idpEntityId) return "wrong-issuer";
  if (attributeOf(data, "Recipient") !== expected.acsUrl) return "wrong-recipient";
  if (attributeOf(data, "InResponseTo") !== expected.requestId) return "unsolicited";
  if (!isForUs(conditions, expected.entityId)) return "wrong-audience";
  if (!childrenOf(conditions).every(({ localName }) => understood.includes(localName))) return "malformed";
  const inTime = isWithin(windowOf(data), expected.now) && isWithin(windowOf(conditions), expected.now);
  return inTime && isFresh(instantOf(attributeOf(assertion, "IssueInstant")), expected) ? null : "wrong-time";
}

/** An assertion is valid only to those who understand all of its conditions (SAML Core §2.5.1). */
const understood = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];

/** Every restriction must name us (SAML Core §2.5.1.4). */
function isForUs(conditions: Element, entityId: string): boolean {
  const restrictions = childrenNamed(conditions, "saml:AudienceRestriction");
  const namesUs = (one: Element) => childrenNamed(one, "saml:Audience").some((name) => textOf(name) === entityId);
  return restrictions.length > 0 && restrictions.every(namesUs);
}

/** The Finnish code, else the identifier of another country's eID. Nothing else is read. */
function identityIn(assertion: Element): Identity | Refusal {
  const attributes = childrenNamed(assertion, "saml:AttributeStatement").flatMap((statement) =>
    childrenNamed(statement, "saml:Attribute"),
  );
  for (const type of ["hetu", "eidas"] as const) {
    const values = attributes
      .filter((attribute) => attributeOf(attribute, "Name") === attributeNames[type])
      .flatMap((attribute) => childrenNamed(attribute, "saml:AttributeValue"));
    if (values.length > 1) return "ambiguous-identity";
    const [value] = values;
    if (value) return parseIdentity(type, textOf(value) ?? "") ?? "malformed-identity";
  }
  return "no-identity";
}

/** What the session at Suomi.fi is ended by; null where it has none. */
function sessionOf(assertion: Element): BrokerSession | null {
  const name = at(assertion, "saml:Subject", "saml:NameID");
  const nameId = textOf(name);
  const sessionIndex = attributeOf(only(assertion, "saml:AuthnStatement"), "SessionIndex");
  if (!nameId || !sessionIndex) return null;
  return {
    nameId,
    sessionIndex,
    format: attributeOf(name, "Format"),
    nameQualifier: attributeOf(name, "NameQualifier"),
    spNameQualifier: attributeOf(name, "SPNameQualifier"),
  };
}
