import type { Instant } from "../../kernel/time.ts";
import type {
  CertificateCheck,
  CertificateRefusal,
  CertificateReport,
  CheckName,
  RevocationStatus,
} from "../../ports/certificate-checker.ts";
import { type Certificate, nameOf, readCertificate } from "./certificate.ts";
import { factsOf } from "./facts.ts";
import { judge, type Outcome } from "./judge.ts";
import type { Issuer } from "./paths.ts";
import type { Revocations } from "./revocations.ts";
import type { Authority } from "./settings.ts";

type Deps = Readonly<{ authorities: readonly Authority[]; revocations: Revocations }>;

/** All checks of SIN-4 that need no account. Nobody is asked about a certificate before its chain is proved. */
export async function check(der: Uint8Array, now: Instant, deps: Deps): Promise<CertificateReport> {
  const certificate = readCertificate(der);
  if (!certificate) return unreadable;
  const { outcomes, authority, issuer } = judge(certificate, deps.authorities, now);
  const isSound = Object.values(outcomes).every((outcome) => outcome === "passed");
  const asked =
    isSound && authority && issuer ? await askAll(certificate, issuer, authority, now, deps.revocations) : null;
  const refused = asked ? judgeRevocation(asked) : null;
  const unchecked = refused === "status-unavailable" && authority?.revocation === "soft";
  const revocation = revocationOutcome(asked !== null, unchecked ? null : refused);
  const checks = Object.entries({ ...outcomes, revocation }).map(([name, outcome]) =>
    asCheck(name as CheckName, outcome),
  ); // the keys of a literal
  return {
    verdict: checks.find((one) => one.state === "failed")?.reason ?? "good",
    unchecked,
    checks,
    certificate: factsOf(certificate),
    authority: authority?.name ?? null,
    revocation: asked && { ...asked.own, trouble: [...asked.own.trouble, ...asked.trouble] },
  };
}

type AskedAll = Readonly<{
  own: RevocationStatus;
  above: readonly RevocationStatus["answer"][];
  trouble: readonly string[];
}>;

/** The status of the card, and of each CA above it but the root, whom nobody could revoke. */
async function askAll(
  certificate: Certificate,
  issuer: Issuer,
  authority: Authority,
  now: Instant,
  revocations: Revocations,
): Promise<AskedAll> {
  const { mayAsk, ocspUrl, crlUrl } = authority;
  const ofCard = revocations({
    certificate,
    issuer: issuer.certificate,
    ocspUrls: ocspUrl ? [ocspUrl] : certificate.ocspUrls,
    crlUrls: crlUrl ? [crlUrl] : certificate.crlUrls,
    mayAsk,
    first: "ocsp",
    now,
  });
  const ofCas = revocableLinks(issuer).map(async ([ca, parent]) => {
    const { ocspUrls, crlUrls } = ca;
    const status = await revocations({ certificate: ca, issuer: parent, ocspUrls, crlUrls, mayAsk, first: "crl", now });
    return { answer: status.answer, trouble: status.trouble.map((line) => `${nameOf(ca)}: ${line}`) };
  });
  const [own, cas] = await Promise.all([ofCard, Promise.all(ofCas)]);
  return {
    own,
    above: cas.map(({ answer }) => answer),
    trouble: cas.filter(({ answer }) => answer !== "good").flatMap(({ trouble }) => trouble),
  };
}

/**
 * Each CA with the one that could revoke it. One that names nowhere to ask stands by its configuration alone: operators
 * chose it by hand, and take it out by hand.
 */
export function revocableLinks({ certificate, above }: Issuer): readonly (readonly [Certificate, Certificate])[] {
  return [certificate, ...above].flatMap((ca, index) => {
    const parent = above[index];
    return parent && ca.ocspUrls.length + ca.crlUrls.length > 0 ? [[ca, parent] as const] : [];
  });
}

function judgeRevocation({ own, above }: AskedAll): CertificateRefusal | null {
  if (own.answer === "revoked") return "revoked";
  if (above.includes("revoked")) return "issuer-revoked";
  const answers = [own.answer, ...above];
  if (answers.includes("unknown")) return "status-unknown";
  return answers.includes("unavailable") ? "status-unavailable" : null;
}

function revocationOutcome(wasAsked: boolean, refused: CertificateRefusal | null): Outcome {
  if (!wasAsked) return "skipped";
  return refused ? { refused } : "passed";
}

function asCheck(name: CheckName, outcome: Outcome): CertificateCheck {
  return typeof outcome === "string" ? { name, state: outcome } : { name, state: "failed", reason: outcome.refused };
}

const unreadable: CertificateReport = {
  verdict: "unreadable",
  unchecked: false,
  checks: [
    { name: "readable", state: "failed", reason: "unreadable" },
    ...(["issuer", "chain", "validity", "key-usage", "policy", "algorithm", "revocation"] as const).map(
      (name) => ({ name, state: "skipped" }) as const,
    ),
  ],
  certificate: null,
  authority: null,
  revocation: null,
};
