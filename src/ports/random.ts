import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** Chance, as a dependency: features never ask for it themselves. */
export type Random = {
  /** `size` random bytes. */
  bytes(size: number): Buffer;
  /** `count` decimal digits, each as likely as any other. */
  digits(count: number): string;
  /** An identifier for a row; not a secret. */
  id(): string;
};

/** The operating system's cryptographic randomness. */
export const systemRandom: Random = {
  bytes: randomBytes,
  digits: (count) => Array.from({ length: count }, () => randomInt(10)).join(""),
  id: randomUUID,
};
