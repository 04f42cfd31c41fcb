import type { Instant } from "../../kernel/time.ts";
import { isStrongAlgorithm, strongKey } from "./algorithms.ts";
import { type Certificate, isIssuedBy, isSelfSigned, nameOf, readCertificate } from "./certificate.ts";

/** A CA that signs cards, with those above it up to the root. */
export type Issuer = Readonly<{ certificate: Certificate; above: readonly Certificate[] }>;

/** What an operator must mend: which of the two PEM texts, and what about it. */
export type PathProblem = Readonly<{ field: "issuers" | "chain"; says: string }>;

/** The certificates of a PEM text; null where any of it can't be read. */
export function readPem(pem: string): readonly Certificate[] | null {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/gu) ?? [];
  const read = blocks.map((block) => readCertificate(Buffer.from(block.replace(/-----[^-]+-----/gu, ""), "base64")));
  const found = read.filter((certificate) => certificate !== null);
  return found.length === blocks.length ? found : null;
}

/**
 * The path from each issuing CA to a root, judged by RFC 5280 §6.1 but for dates and revocation, which change: those are
 * looked at for every card.
 */
export function findPaths(issuersPem: string, chainPem: string): readonly Issuer[] | PathProblem {
  const issuers = readPem(issuersPem);
  const chain = readPem(chainPem);
  if (!issuers || issuers.length === 0)
    return { field: "issuers", says: "Give certificates, PEM: -----BEGIN CERTIFICATE----- …" };
  if (!chain) return { field: "chain", says: "One of the certificates can't be read." };
  const root = issuers.find(isSelfSigned);
  // Whatever hangs under a root would count: servers of any organisation, too.
  if (root && (chain.length > 0 || issuers.length > 1))
    return {
      field: "issuers",
      says: `${nameOf(root)} is a root. Give the CAs that sign the cards here, and the root in the chain.`,
    };
  const found: Issuer[] = [];
  for (const certificate of issuers) {
    const path = findPath(certificate, chain);
    if ("says" in path) return path;
    found.push(path);
  }
  return found;
}

/** Whether every certificate of the path may be used now. */
export const isInDate = ({ certificate, above }: Issuer, now: Instant): boolean =>
  [certificate, ...above].every(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter);

function findPath(certificate: Certificate, chain: readonly Certificate[]): Issuer | PathProblem {
  const path = [certificate];
  for (let last = certificate; ; ) {
    const problem = problemOf(last, path.length - 1);
    if (problem) return { field: path.length === 1 ? "issuers" : "chain", says: `${nameOf(last)} ${problem}` };
    if (isSelfSigned(last)) return { certificate, above: path.slice(1) };
    const next = chain.find((one) => !path.includes(one) && isIssuedBy(last, one));
    if (!next)
      return { field: "chain", says: `The certificate of who issued ${nameOf(last)} is missing, or did not sign it.` };
    path.push(next);
    last = next;
  }
}

/** Why it can't stand in a path as a CA with so many CAs below it; null where it can. */
function problemOf(ca: Certificate, below: number): string | null {
  if (!ca.isCa || !ca.keyUsage?.includes("keyCertSign")) return "is no CA's certificate.";
  if (ca.pathLength !== null && ca.pathLength < below) return "allows fewer CAs below it than there are.";
  if (ca.demandsUnknown) return "has a critical extension that is not supported.";
  if (!strongKey(ca.publicKeyInfo)) return "has a key that is too weak: RSA from 2048 bits, P-256 and P-384 will do.";
  if (!isStrongAlgorithm(ca.algorithm)) return "is signed by an algorithm that does not count.";
  return null;
}
