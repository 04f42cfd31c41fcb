import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { days, type Instant, plus } from "../../../../kernel/time.ts";
import type { Random } from "../../../../ports/random.ts";
import { selfSigned } from "./certificate.ts";

/** Sign requests, decrypt answers, sign what the others are read from. */
export const keyUses = ["entity", "sig", "enc"] as const;
export type KeyUse = (typeof keyUses)[number];

export type StoredKey = Readonly<{
  kid: string;
  use: KeyUse;
  /** PKCS #8, PEM */
  privateKey: string;
  /** PEM */
  certificate: string;
  createdAt: Instant;
  /** From then on it signs; one for encryption is published from then on, and decrypts before. */
  signsFrom: Instant;
  publishedUntil: Instant | null;
  usedUntil: Instant | null;
}>;

export type KeyMaking = Readonly<{ random: Random; publicUrl: string }>;

// In the thread pool: a key takes a tenth of a second and more.
const generate = promisify(generateKeyPair);

const lifetime = days(3_653);

/** A new key with a certificate of its own, which names the service's host. */
export async function makeKey(
  { random, publicUrl }: KeyMaking,
  { use, now, signsFrom }: { use: KeyUse; now: Instant; signsFrom: Instant },
): Promise<StoredKey> {
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  const certificate = selfSigned(privateKey, {
    name: new URL(publicUrl).hostname,
    serial: random.bytes(16),
    // Begun yesterday: a broker's clock may be behind ours.
    from: plus(now, -days(1)),
    until: plus(now, lifetime),
  });
  return {
    kid: random.bytes(12).toString("base64url"),
    use,
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    certificate,
    createdAt: now,
    signsFrom,
    publishedUntil: null,
    usedUntil: null,
  };
}

/** Of keys the newest first, the one that signs at `now`; where none is old enough, the one that will be first. */
export const signsAt = (keys: readonly StoredKey[], use: KeyUse, now: Instant): StoredKey | null => {
  const own = keys.filter((key) => key.use === use);
  return own.find(({ signsFrom }) => signsFrom <= now) ?? own.at(-1) ?? null;
};

/** Whether brokers may see it at `now`: a signing key before it signs, one for encryption not before its time. */
export const isPublishedAt = ({ use, signsFrom, publishedUntil }: StoredKey, now: Instant): boolean =>
  (use === "sig" || signsFrom <= now) && (publishedUntil === null || publishedUntil > now);
