import type { Instant } from "../../kernel/time.ts";
import type { CertificateRefusal, CheckName } from "../../ports/certificate-checker.ts";
import { isStrongAlgorithm, strongKey } from "./algorithms.ts";
import type { Certificate } from "./certificate.ts";
import { type Issuer, isInDate } from "./paths.ts";
import { type Authority, issuerOf } from "./settings.ts";

/** What came of a check. */
export type Outcome = "passed" | "skipped" | Readonly<{ refused: CertificateRefusal }>;

/** What can be told of a certificate without asking anybody. `issuer` is there once it is proved by its signature. */
export type Judged = Readonly<{
  outcomes: Readonly<Record<Exclude<CheckName, "revocation">, Outcome>>;
  authority: Authority | null;
  issuer: Issuer | null;
}>;

const clientAuth = "1.3.6.1.5.5.7.3.2";
const anyPurpose = "2.5.29.37.0";

/** Judges by RFC 5280 §6.1, and by what makes a card fit to sign in with. Each check stands for itself. */
export function judge(certificate: Certificate, authorities: readonly Authority[], now: Instant): Judged {
  const { authority, issuer } = findAuthority(certificate, authorities);
  return {
    authority,
    issuer,
    outcomes: {
      readable: "passed",
      issuer: authority ? "passed" : { refused: "unknown-issuer" },
      chain: authority ? chain(certificate, issuer, now) : "skipped",
      validity: validity(certificate, now),
      "key-usage": keyUsage(certificate),
      policy: authority ? policy(certificate, authority) : "skipped",
      algorithm: algorithm(certificate),
    },
  };
}

/** The authority whose CA signed it, of whose cards it is by its policy; else one whose CA it only names. */
function findAuthority(certificate: Certificate, authorities: readonly Authority[]) {
  const signers = authorities.flatMap((authority) => {
    const issuer = issuerOf(certificate, authority);
    return issuer ? [{ authority, issuer }] : [];
  });
  const found = signers.find(({ authority }) => policy(certificate, authority) === "passed") ?? signers[0];
  if (found) return found;
  const isNamed = ({ certificate: ca }: Issuer) => ca.subjectName.equals(certificate.issuerName);
  return { authority: authorities.find(({ paths }) => paths.some(isNamed)) ?? null, issuer: null };
}

function chain(certificate: Certificate, issuer: Issuer | null, now: Instant): Outcome {
  // A signature by an algorithm that doesn't count proves nothing; `algorithm` says so.
  if (!isStrongAlgorithm(certificate.algorithm)) return "skipped";
  if (!issuer) return { refused: "forged" };
  if (certificate.isCa || certificate.keyUsage?.includes("keyCertSign")) return { refused: "ca-certificate" };
  if (certificate.demandsUnknown) return { refused: "unknown-extension" };
  return isInDate(issuer, now) ? "passed" : { refused: "chain-broken" };
}

function validity({ notBefore, notAfter }: Certificate, now: Instant): Outcome {
  if (now < notBefore) return { refused: "not-yet-valid" };
  return now <= notAfter ? "passed" : { refused: "expired" };
}

function keyUsage({ keyUsage: uses, extendedKeyUsage: purposes }: Certificate): Outcome {
  if (!uses?.includes("digitalSignature"))
    return { refused: uses?.includes("nonRepudiation") ? "signature-certificate" : "not-for-sign-in" };
  const isForClients = purposes === null || purposes.includes(clientAuth) || purposes.includes(anyPurpose);
  return isForClients ? "passed" : { refused: "not-for-sign-in" };
}

function policy({ policies }: Certificate, { policies: allowed }: Authority): Outcome {
  return allowed.length === 0 || policies.some((one) => allowed.includes(one)) ? "passed" : { refused: "wrong-policy" };
}

function algorithm(certificate: Certificate): Outcome {
  const isStrong = isStrongAlgorithm(certificate.algorithm) && strongKey(certificate.publicKeyInfo) !== null;
  return isStrong ? "passed" : { refused: "weak-algorithm" };
}
