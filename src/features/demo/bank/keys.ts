import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { Db } from "../../../platform/database/index.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import { insertKey, type KeyUse, loadKey } from "./store.ts";

export type KeyDeps = { db: Db; keyring: Keyring; clock: Clock };

export type BankKey = Readonly<{ kid: string; privateKey: KeyObject; publicJwk: JWK }>;

/** `entity` signs what others are read from, and is pinned by whom it concerns; `signing` signs ID tokens. */
export type BankKeys = Readonly<{ entity: BankKey; signing: BankKey }>;

/** The bank's keys, made where there are none. Every node finds the same, after a restart too. */
export async function bankKeys(deps: KeyDeps): Promise<BankKeys> {
  const [entity, signing] = await Promise.all([bankKey(deps, "entity"), bankKey(deps, "sig")]);
  return { entity, signing };
}

async function bankKey({ db, keyring, clock }: KeyDeps, use: KeyUse): Promise<BankKey> {
  if ((await loadKey(db, keyring, use)) === null)
    await insertKey(db, keyring, { use, privateKey: await newKey(), createdAt: clock.now() });
  const pem = await loadKey(db, keyring, use);
  if (pem === null) throw new Error("the demo bank's key is gone");
  const privateKey = createPrivateKey(pem);
  const { kty, n, e } = createPublicKey(privateKey).export({ format: "jwk" });
  const bare = { kty: String(kty), n: String(n), e: String(e) };
  const kid = await calculateJwkThumbprint(bare);
  return { kid, privateKey, publicJwk: { ...bare, kid, use: "sig", alg: "RS256" } };
}

async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
