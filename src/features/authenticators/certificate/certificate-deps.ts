import { minutes, seconds } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { CertificateChecker, CertificateFacts } from "../../../ports/certificate-checker.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";

/** Where cards are shown and who judges them, as an operator has configured it. */
export type Cards = Readonly<{
  checker: CertificateChecker;
  /** The address of the card listener; a `*` in it stands for a name made anew each time. */
  address: string;
  /** Names of the authorities whose cards count only for the organisation that they name. */
  comparing: ReadonlySet<string>;
}>;

export type CertificateDeps = Readonly<{
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "seal" | "open" | "hash">;
  /** Null where no cards are configured: the method is not offered. */
  cards: Cards | null;
}>;

/** Whether a browser may remember the choice of a certificate: it does so for each host name. */
export const browserRemembers = ({ cards }: Pick<CertificateDeps, "cards">) => !cards?.address.includes("*");

/** How long a person may look for the card, choose the certificate and type its PIN. */
export const pathLifetime = minutes(10);

/** The browser comes back at once. */
export const codeLifetime = seconds(60);

export const pathHash = ({ keyring }: Pick<CertificateDeps, "keyring">, path: string): Buffer =>
  keyring.hash("certificate-path", path);

export const codeHash = ({ keyring }: Pick<CertificateDeps, "keyring">, code: string): Buffer =>
  keyring.hash("certificate-code", code);

/** That card and no other: what it is found by (T41). */
export const cardHash = (
  { keyring }: Pick<CertificateDeps, "keyring">,
  { issuerHash, serial, publicKeyHash }: CertificateFacts,
): Buffer => keyring.hash("certificate-card", `${issuerHash} ${serial} ${publicKeyHash}`);

/** The same on a renewed card of the same issuer; null where the certificate names its holder by no identifier. */
export const holderHash = (
  { keyring }: Pick<CertificateDeps, "keyring">,
  { issuerHash, subject }: CertificateFacts,
): Buffer | null =>
  subject.serialNumber === null ? null : keyring.hash("certificate-holder", `${issuerHash} ${subject.serialNumber}`);
