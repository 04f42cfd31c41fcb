import type { Key } from "../../../platform/i18n/index.ts";
import type { CertificateFacts, CertificateRefusal } from "../../../ports/certificate-checker.ts";
import type { Journey } from "../../journey/index.ts";
import type { Cards } from "./certificate-deps.ts";
import { namesOrganisation } from "./domain/organisation-name.ts";
import type { Shown } from "./seals.ts";

/** Why a card does not sign in, as far as people can do something about it: each has a page. The audit has the reason. */
export type Trouble =
  | "none"
  | "not-accepted"
  | "expired"
  | "not-yet-valid"
  | "revoked"
  | "signature"
  | "unchecked"
  | "other-organisation";

const troubleOf = {
  unreadable: "not-accepted",
  "unknown-issuer": "not-accepted",
  forged: "not-accepted",
  "ca-certificate": "not-accepted",
  "unknown-extension": "not-accepted",
  "chain-broken": "unchecked",
  expired: "expired",
  "not-yet-valid": "not-yet-valid",
  "signature-certificate": "signature",
  "not-for-sign-in": "not-accepted",
  "wrong-policy": "not-accepted",
  "weak-algorithm": "not-accepted",
  revoked: "revoked",
  "issuer-revoked": "unchecked",
  "status-unknown": "unchecked",
  "status-unavailable": "unchecked",
} as const satisfies Record<CertificateRefusal, Trouble>;

export const troubleKeys = {
  none: "certificate:none",
  "not-accepted": "certificate:not-accepted",
  expired: "certificate:expired",
  "not-yet-valid": "certificate:not-yet-valid",
  revoked: "certificate:revoked",
  signature: "certificate:signature",
  unchecked: "certificate:unchecked",
  "other-organisation": "certificate:other-organisation",
} as const satisfies Record<Trouble, Key>;

/** A card that may sign somebody in, if it is linked; or why not. */
export type Judged = Readonly<{ card: CertificateFacts; authority: string; unchecked: boolean }> | InTrouble;

/** `reason` is for the audit. */
export type InTrouble = Readonly<{ trouble: Trouble; reason: string }>;

/** What a shown certificate is worth by itself, whoever it is linked to (SIN-4). */
export function judgeShown({ report, vouched }: Shown): Judged {
  if (!report) return { trouble: "none", reason: "no-certificate" };
  if (report.verdict !== "good") return { trouble: troubleOf[report.verdict], reason: report.verdict };
  if (!vouched) return { trouble: "not-accepted", reason: "not-vouched" };
  const { certificate: card, authority, unchecked } = report;
  return card && authority !== null
    ? { card, authority, unchecked }
    : { trouble: "not-accepted", reason: "unknown-issuer" };
}

/** Whether a card of this authority counts for the journey's organisation by the organisation that it names. */
export function isOfOrganisation(
  { comparing }: Pick<Cards, "comparing">,
  { card, authority }: Readonly<{ card: CertificateFacts; authority: string }>,
  { organisation }: Pick<Journey, "organisation">,
): boolean {
  if (!comparing.has(authority)) return true;
  return namesOrganisation(card.subject.organisation, Object.values(organisation?.name ?? {}));
}
