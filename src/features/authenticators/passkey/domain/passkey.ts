import type { Transport } from "./answer.ts";

/** COSE's numbers of ES256, EdDSA and RS256: what an authenticator may sign with, the best first. */
export const algorithms = [-7, -8, -257];

/** A passkey that was just made. `publicKey` is a COSE key, `counter` how often it has signed, where it counts. */
export type MadePasskey = Readonly<{
  credentialId: Buffer;
  publicKey: Buffer;
  counter: number;
  /** Whether it may be synced to other devices. */
  backupEligible: boolean;
  transports: readonly Transport[];
}>;

/** A passkey as browsers are told of it. */
export type KnownPasskey = Readonly<{ credentialId: Buffer; transports: readonly string[] }>;
