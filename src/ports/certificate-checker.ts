import type { Instant } from "../kernel/time.ts";

/** Who issues one type of card, as an operator configures it. PEM holds one certificate or many. */
export type CardAuthority = Readonly<{
  /** A short name, shown to operators and in the audit: `dvv-organisation-cards`. */
  name: string;
  /** The CAs that sign the cards themselves. What hangs elsewhere under the same root is no card of theirs. */
  issuers: string;
  /** What stands above them, up to the root. Empty where the issuer is its own root. */
  chain: string;
  /** Policy OIDs, one of which a card must carry; empty: any. */
  policies: readonly string[];
  /** `soft` accepts a card whose status nobody can tell just now. Whoever accepts it says so in the audit. */
  revocation: "required" | "soft";
  /** Instead of the addresses that cards name. */
  ocspUrl: string | null;
  crlUrl: string | null;
  /** Hosts that may be asked, besides those that the certificates above and the two addresses name. */
  hosts: readonly string[];
  /** Whether a card counts only for the organisation that its `O` names; compared by who knows the organisation. */
  comparesOrganisation: boolean;
}>;

/** In the order of the report. Each stands for itself; `revocation` is skipped unless every other has passed. */
export type CheckName =
  | "readable"
  | "issuer"
  | "chain"
  | "validity"
  | "key-usage"
  | "policy"
  | "algorithm"
  | "revocation";

/** Why a check failed. A refused certificate's verdict is that of the first that did. */
export type CertificateRefusal =
  | "unreadable"
  /** Nobody that is configured issued it. */
  | "unknown-issuer"
  /** It names a configured issuer, which did not sign it. */
  | "forged"
  /** A CA's certificate, no person's. */
  | "ca-certificate"
  /** It makes a demand that we don't know, and that must not be passed over (RFC 5280 §4.2). */
  | "unknown-extension"
  /** The chain above it is out of date or breaks a rule: for operators to mend. */
  | "chain-broken"
  | "expired"
  | "not-yet-valid"
  /** The card's other certificate: for signing documents, not for signing in. */
  | "signature-certificate"
  | "not-for-sign-in"
  | "wrong-policy"
  | "weak-algorithm"
  | "revoked"
  /** The certificate of its issuer is revoked. */
  | "issuer-revoked"
  /** Who keeps the status knows of no such certificate. */
  | "status-unknown"
  /** Nobody could tell its status, or its issuer's. */
  | "status-unavailable";

export type CertificateCheck = Readonly<
  | { name: CheckName; state: "passed" | "skipped" }
  | {
      name: CheckName;
      state: "failed";
      reason: CertificateRefusal;
    }
>;

/** What is known of one certificate's revocation. */
export type RevocationStatus = Readonly<{
  answer: "good" | "revoked" | "unknown" | "unavailable";
  by: "ocsp" | "crl" | null;
  /** When that was stated; null where nothing was. */
  statedAt: Instant | null;
  /** For operators: why OCSP, or both, said nothing. Names hosts and quotes nothing of the answers. */
  trouble: readonly string[];
}>;

/** Names as they are written in the certificate; null where it has none. */
export type CertificateSubject = Readonly<{
  commonName: string | null;
  surname: string | null;
  givenName: string | null;
  organisation: string | null;
  /** The person's identifier in the issuer's register (FINUID on citizen cards). */
  serialNumber: string | null;
}>;

export type CertificateFacts = Readonly<{
  subject: CertificateSubject;
  /** The issuer's common name, for people. */
  issuer: string;
  /** SHA-256 of the issuer's name as it is encoded, hex: with `subject.serialNumber`, the same on a renewed card. */
  issuerHash: string;
  /** Hex, lower case, without leading zeros. */
  serial: string;
  notBefore: Instant;
  notAfter: Instant;
  /** SHA-256 of the certificate, hex. */
  fingerprint: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), hex. */
  publicKeyHash: string;
  /** `email:…`, `upn:…` (user principal name), `dns:…`. */
  alternativeNames: readonly string[];
}>;

export type CertificateReport = Readonly<{
  verdict: "good" | CertificateRefusal;
  /** Good only because its authority is `soft`: its status is not known. */
  unchecked: boolean;
  checks: readonly CertificateCheck[];
  /** Null where the bytes are no certificate. */
  certificate: CertificateFacts | null;
  /** The name of the authority that issued it; only what has passed `chain` proves it. */
  authority: string | null;
  revocation: RevocationStatus | null;
}>;

/** What `vahva doctor` says of an authority: a sentence, and what to do about it. */
export type AuthorityCheck = Readonly<{
  authority: string;
  verdict: "pass" | "advice" | "fail";
  says: string;
  todo?: string;
}>;

/** Tells whether a certificate may sign somebody in. The private key has been proved before, by TLS. */
export type CertificateChecker = Readonly<{
  /** `der` is what the browser or the proxy handed over: judged whole, trusted in nothing. Never fails. */
  check(der: Uint8Array, now: Instant): Promise<CertificateReport>;
  /** The issuing CAs, PEM, for the list of names by which a browser finds the right card (`ca` of a TLS server). */
  issuers: readonly string[];
  /** Reads the revocation lists that are due; to be called about once a minute, never fails. */
  refresh(now: Instant): Promise<void>;
  /** Whether the chains hold, and whether OCSP and the lists answer. */
  inspect(now: Instant): Promise<readonly AuthorityCheck[]>;
}>;

/** Checks what an operator gave, filling in what may be left out; or says what is wrong, field by field. */
export type ParseCardAuthority = (
  given: unknown,
) =>
  | Readonly<{ authority: CardAuthority }>
  | Readonly<{ problems: readonly Readonly<{ field: string; says: string }>[] }>;

/** An adapter. What it remembers of revocations outlives a change of the authorities. */
export type CertificateChecking = Readonly<{
  parse: ParseCardAuthority;
  /** A checker for these authorities, instead of any before it. */
  connect(authorities: readonly CardAuthority[]): CertificateChecker;
}>;
