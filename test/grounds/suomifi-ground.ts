import assert from "node:assert/strict";
import { suomifiKind } from "../../src/adapters/suomifi/index.ts";
import type { Level } from "../../src/kernel/identity.ts";
import { type Clock, fakeClock } from "../../src/ports/clock.ts";
import type { BrokerContext, Identification, IdentityBroker } from "../../src/ports/identity-broker.ts";
import { makeSuomifiIdp, type SuomifiIdp } from "../doubles/suomifi/idp.ts";
import { type SuomifiPerson, suomifiPeople } from "../doubles/suomifi/people.ts";
import { makeRelyingPartyKeys, type TestRelyingPartyKeys } from "../doubles/suomifi/relying-party-keys.ts";
import type { Changes, ForWhom } from "../doubles/suomifi/response.ts";

const inThree = (text: string) => ({ fi: text, sv: text, en: text });

/** What an operator gives besides Suomi.fi's metadata. */
export const suomifiSettings = {
  displayName: { fi: "Vahva & testi", sv: "Vahva <test>", en: 'Vahva "test"' },
  organisation: { name: inThree("Testikunta"), url: inThree("https://kunta.example.fi/") },
  contacts: [{ type: "technical", givenName: "Tekla", surname: "Tekninen", email: "tuki@kunta.example.fi" }],
} as const;

/** A broker of these settings. */
export function connectSuomifi(
  settings: Readonly<Record<string, unknown>>,
  context: Partial<BrokerContext> & Pick<BrokerContext, "keys">,
): IdentityBroker {
  const { publicUrl = "https://id.example.fi", environment = "test" } = context;
  const parsed = suomifiKind.parse("suomifi", { ...suomifiSettings, ...settings });
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return suomifiKind.connect(
    { name: "suomifi", profile: "suomifi", settings: parsed.settings, secret: null },
    { publicUrl, environment, callbackUrl: `${publicUrl}/eid/suomifi/callback`, keys: context.keys },
  );
}

/** What a person left with: what the identity provider read, and what we keep. */
export type Left = Readonly<{ to: ForWhom; memory: string; state: string; sentAt: Date }>;

/** The adapter and an identity provider that knows it, on one clock. */
export async function makeSuomifiGround({
  environment = "test",
  settings = {},
  metadata,
  clock = fakeClock(),
  idp = makeSuomifiIdp({ clock }),
  keys = makeRelyingPartyKeys(),
}: {
  environment?: BrokerContext["environment"];
  settings?: Readonly<Record<string, unknown>>;
  metadata?: Parameters<SuomifiIdp["metadata"]>[0];
  clock?: Clock;
  idp?: SuomifiIdp;
  keys?: TestRelyingPartyKeys;
} = {}) {
  const broker = connectSuomifi({ idpMetadata: idp.metadata(metadata), ...settings }, { environment, keys });
  idp.register((await broker.metadata?.(clock.now())) ?? "");

  const leave = async (state = "state-1"): Promise<Left> => {
    const wish = { state, language: "sv", means: null, level: "substantial", now: clock.now() } as const;
    const departure = await broker.depart(wish);
    assert.ok(departure.result === "departs", JSON.stringify(departure));
    return { to: idp.readRequest(departure.url), memory: departure.memory, state, sentAt: clock.now() };
  };

  const identify = (
    xml: string | { encoded: string },
    { memory, state, sentAt }: Left,
    level: Level = "substantial",
  ): Promise<Identification> => {
    const SAMLResponse = typeof xml === "string" ? Buffer.from(xml).toString("base64") : xml.encoded;
    const sent = { memory, state, sentAt, language: "sv", level, now: clock.now() } as const;
    return broker.identify({ SAMLResponse, RelayState: state }, sent);
  };

  return {
    broker,
    idp,
    keys,
    clock,
    leave,
    identify,
    /** A whole identification, and what came of it. */
    async round(changes: Changes = {}, person: SuomifiPerson = suomifiPeople.nordea, level: Level = "substantial") {
      const left = await leave();
      return identify((await idp.respondXml(left.to, person, changes)).xml, left, level);
    },
  };
}

export type SuomifiGround = Awaited<ReturnType<typeof makeSuomifiGround>>;

/** What came of it, in a word. */
export const outcome = (identification: Identification): string =>
  "reason" in identification ? identification.reason : identification.result;
