import type { RelyingPartyKey, RelyingPartyKeys } from "../../../src/ports/identity-broker.ts";
import { makeRsaCertificate } from "../certificate.ts";

const makeKey = (kid: string): RelyingPartyKey => ({
  kid,
  ...makeRsaCertificate(kid),
  createdAt: new Date("2026-01-01"),
});

/** Our keys towards brokers, with one encryption key that is on its way out; `rotateEncryption` brings a new one. */
export function makeRelyingPartyKeys() {
  const signing = makeKey("sig-1");
  let encryption = [makeKey("enc-2"), makeKey("enc-1")];
  const keys: RelyingPartyKeys = {
    signing: async () => signing,
    entity: async () => signing,
    decryption: async () => encryption,
    published: async () => [
      { ...signing, use: "sig" },
      ...encryption.slice(0, 1).map((key) => ({ ...key, use: "enc" as const })),
    ],
  };
  return {
    ...keys,
    /** A new key is published; answers to the one before can still be read. */
    rotateEncryption: () => {
      encryption = [makeKey("enc-3"), ...encryption].slice(0, 2);
    },
  };
}

export type TestRelyingPartyKeys = ReturnType<typeof makeRelyingPartyKeys>;
