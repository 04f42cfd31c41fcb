import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { ftnKind } from "../../src/adapters/ftn/index.ts";
import type { IdentityBroker, RelyingPartyKeys } from "../../src/ports/identity-broker.ts";
import { startLibraryBroker } from "../doubles/library-broker.ts";
import { makeOwnKeys, type OwnKeys } from "../grounds/ftn-ground.ts";
import { makeVisitor } from "../harness/agent.ts";

// The profile of the trust network's recommendation before a broker that is none of ours: the certified OpenID library.

const callbackUrl = "https://vahva.example/eid/library/callback";
let own: OwnKeys;
let broker: Awaited<ReturnType<typeof startLibraryBroker>>;

before(async () => {
  own = await makeOwnKeys();
  broker = await startLibraryBroker({ redirectUri: callbackUrl, ourKeys: await own.jwks() });
});
after(() => broker.stop());

function connect(keys: RelyingPartyKeys): IdentityBroker {
  const parsed = ftnKind.parse("generic", broker.settings);
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return ftnKind.connect(
    { name: "library", profile: "generic", settings: parsed.settings, secret: null },
    { publicUrl: "https://vahva.example", environment: "test", callbackUrl, keys },
  );
}

/** A person's way there and back; `presses` nothing where the broker is expected to refuse. */
async function identify(
  adapter: IdentityBroker,
  presses: "ok" | "cancel",
  level: "substantial" | "high" = "substantial",
) {
  const state = randomBytes(32).toString("base64url");
  const sentAt = new Date();
  const wish = { state, language: "sv", level } as const;
  const left = await adapter.depart({ ...wish, means: null, now: sentAt });
  assert.ok(left.result === "departs", JSON.stringify(left));
  const visitor = makeVisitor(broker.issuer);
  await visitor.get(left.url);
  const { leadsTo, html } = await visitor.submit({}, presses);
  assert.ok(leadsTo, html);
  assert.equal(leadsTo.slice(0, callbackUrl.length), callbackUrl);
  const answer = Object.fromEntries(new URL(leadsTo).searchParams);
  return adapter.identify(answer, { ...wish, memory: left.memory, sentAt, now: new Date() });
}

test("SIN-2 the OpenID library takes our request and our proof of who we are, and we its answer", async () => {
  for (const level of ["substantial", "high"] as const) {
    const came = await identify(connect(own.keys), "ok", level);
    assert.ok(came.result === "identified", JSON.stringify([came, broker.refused]));
    assert.deepEqual(came.identity, { country: "FI", type: "hetu", value: "010170-999R" });
    assert.equal(came.level, level);
  }
});

test("cancelling at the library's page is cancelling with us", async () => {
  assert.deepEqual(await identify(connect(own.keys), "cancel"), { result: "cancelled" });
});

test("keys that the broker doesn't know are refused, as request and as client", async () => {
  const stranger = await makeOwnKeys();
  await assert.rejects(identify(connect(stranger.keys), "ok"));
  assert.ok(
    broker.refused.some((why) => why.startsWith("invalid_request_object")),
    broker.refused.join(),
  );

  // A request that is ours, and a client assertion that is not.
  let asked = 0;
  const signing = () => (asked++ === 0 ? own.keys.signing() : stranger.keys.signing());
  const came = await identify(connect({ ...own.keys, signing }), "ok");
  assert.deepEqual(came, { result: "unavailable", reason: "broker-refused-us" });
});

test("an answer that is encrypted to a key that we have not is nobody's", async () => {
  const { decryption } = (await makeOwnKeys()).keys;
  const came = await identify(connect({ ...own.keys, decryption }), "ok");
  assert.deepEqual(came, { result: "refused", reason: "not-for-our-key" });
});
