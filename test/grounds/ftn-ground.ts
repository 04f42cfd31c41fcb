import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ftnKind } from "../../src/adapters/ftn/index.ts";
import type { Level } from "../../src/kernel/identity.ts";
import type { Language } from "../../src/kernel/language.ts";
import type { Answer, BrokerContext, RelyingPartyKey, RelyingPartyKeys } from "../../src/ports/identity-broker.ts";
import { type FtnBrokerOptions, startFtnBroker } from "../doubles/ftn-broker/index.ts";
import { makeBrokerKey, publicJwk } from "../doubles/ftn-broker/keys.ts";
import { passThrough } from "../doubles/ftn-broker/pass-through.ts";
import type { Profile } from "../doubles/ftn-broker/surfaces.ts";

export const ftnProfiles = ["telia", "op", "signicat", "idura", "generic"] as const satisfies readonly Profile[];
export const allProfiles = [...ftnProfiles, "oidc"] as const;

const callbackUrl = "https://vahva.example/eid/broker/callback";

async function makeOwnKey(use: "sig" | "enc"): Promise<RelyingPartyKey> {
  const { kid, privateKey } = await makeBrokerKey(use);
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { kid, privateKey: pem, certificate: "", createdAt: new Date() };
}

/** Our keys, in memory: every broker in a test file may know the same ones. */
export async function makeOwnKeys() {
  let [signing, entity, newest] = await Promise.all([makeOwnKey("sig"), makeOwnKey("sig"), makeOwnKey("enc")]);
  let decryption = [newest];
  const keys: RelyingPartyKeys = {
    signing: async () => signing,
    entity: async () => entity,
    decryption: async () => decryption,
    published: async () => [
      { ...signing, use: "sig" },
      { ...newest, use: "enc" },
    ],
  };
  const jwks = async () => {
    const published = await keys.published();
    return {
      keys: await Promise.all(published.map(({ kid, use, privateKey }) => publicJwk(privateKey, { kid, use }))),
    };
  };
  return {
    keys,
    /** As brokers know them now. */
    jwks,
    /** A new pair; the old one for encryption still decrypts. */
    async rotate() {
      [signing, newest] = await Promise.all([makeOwnKey("sig"), makeOwnKey("enc")]);
      decryption = [newest, ...decryption];
    },
  };
}
export type OwnKeys = Awaited<ReturnType<typeof makeOwnKeys>>;

type Wishes = {
  person?: string;
  chooses?: string;
  cancels?: boolean;
  means?: string;
  level?: Level;
  language?: Language;
};

/** The real adapter before the double of a broker, as the operators of both have agreed. */
export async function openFtnGround(
  profile: Profile,
  own: OwnKeys,
  {
    environment = "test",
    settings: more = {},
    secret = null,
    ...options
  }: Partial<FtnBrokerOptions> & { settings?: Record<string, unknown>; secret?: string | null } = {},
) {
  const broker = await startFtnBroker({
    profile,
    environment,
    redirectUris: [callbackUrl],
    ourKeys: own.jwks,
    ...(secret !== null && { clientSecret: secret }),
    ...options,
  });
  const context: BrokerContext = { publicUrl: "https://vahva.example", environment, callbackUrl, keys: own.keys };

  /** Anew, with nothing in memory. */
  const connect = (over: Partial<BrokerContext> = {}, changed: Record<string, unknown> = {}) => {
    const parsed = ftnKind.parse(profile, { ...broker.settings, ...more, ...changed });
    if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
    return ftnKind.connect({ name: "broker", profile, settings: parsed.settings, secret }, { ...context, ...over });
  };
  let adapter = connect();

  /** Leaves for the broker: `goThrough` is the person's part there, `judge` what we make of what they bring back. */
  async function leave({ means, level = "substantial", language = "en" }: Wishes = {}) {
    const state = randomBytes(32).toString("base64url");
    const sentAt = new Date();
    const departure = await adapter.depart({ state, language, means: means ?? null, level, now: sentAt });
    if (departure.result === "unavailable") return departure;
    const { url, memory } = departure;
    return {
      result: "left" as const,
      state,
      async goThrough({ person = "tero", chooses, cancels = false }: Wishes = {}): Promise<Answer> {
        const back = await passThrough(
          url,
          cancels ? { cancel: true } : { person, ...(chooses && { means: chooses }) },
        );
        assert.ok(back.url.startsWith(callbackUrl));
        return back.answer;
      },
      judge: (answer: Answer) => adapter.identify(answer, { memory, state, sentAt, language, level, now: new Date() }),
    };
  }

  return {
    broker,
    leave,
    adapter: () => adapter,
    /** The way there, through it and back, as a person goes it. */
    async identify(wishes: Wishes = {}) {
      const left = await leave(wishes);
      return left.result === "left" ? left.judge(await left.goThrough(wishes)) : left;
    },
    /** As after a restart: nothing in memory, and what an operator has changed meanwhile. */
    forget: (over: Partial<BrokerContext> = {}, settings: Record<string, unknown> = {}) => {
      adapter = connect(over, settings);
    },
    /** The claims of the last request that the broker took. */
    lastRequest: () => {
      const { claims } = broker.log.findLast(({ at }) => at === "authorize") ?? {};
      return claims ?? {};
    },
    stop: broker.stop,
  };
}
export type FtnGround = Awaited<ReturnType<typeof openFtnGround>>;
