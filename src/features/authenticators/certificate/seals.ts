import type { Keyring } from "../../../platform/seal/index.ts";
import type { CertificateFacts, CertificateReport } from "../../../ports/certificate-checker.ts";

/** What a browser showed. */
export type Shown = Readonly<{
  /** Null: no certificate came. */
  report: CertificateReport | null;
  /** False where a proxy stands in front that did not vouch for the certificate (T38). */
  vouched: boolean;
}>;

const instants = new Set(["notBefore", "notAfter", "statedAt"]);

/** Seals what cards say, each value for its own row. */
export function makeSeals(keyring: Pick<Keyring, "seal" | "open">) {
  const handover = (hash: Buffer) => ({
    table: "certificate_handover",
    column: "shown",
    row: hash.toString("hex"),
  });
  return {
    sealShown: (hash: Buffer, shown: Shown): Buffer => keyring.seal(handover(hash), JSON.stringify(shown)),
    openShown: (hash: Buffer, sealed: Buffer): Shown =>
      JSON.parse(keyring.open(handover(hash), sealed).toString(), (key, value) =>
        instants.has(key) && value !== null ? new Date(value) : value,
      ) as Shown, // sealed by us, in this row
    sealFacts: (authenticatorId: string, facts: CertificateFacts): Buffer =>
      keyring.seal({ table: "certificate", column: "sealed", row: authenticatorId }, JSON.stringify(facts)),
  };
}
