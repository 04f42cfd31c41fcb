import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Identity } from "../../src/kernel/identity.ts";
import { parseIdentity } from "../../src/kernel/identity.ts";
import type { Profile } from "../doubles/ftn-broker/surfaces.ts";
import {
  allProfiles,
  type FtnGround,
  ftnProfiles,
  makeOwnKeys,
  type OwnKeys,
  openFtnGround,
} from "../grounds/ftn-ground.ts";

// The real adapter before each broker's double: what must go well. ftn-forgeries and ftn-outages are what must not.

const hetu = (value: string): Identity => ({ country: "FI", type: "hetu", value });
const finns = {
  tero: hetu("010170-999R"),
  korhonen: hetu("010200A9618"),
  vaino: hetu("070770-905D"),
  makinen: hetu("030883-925M"),
  virtanen: hetu("291292-918R"),
};
const swedes = {
  asa: { country: "SE", type: "personnummer", value: "198112289874" },
  bjorn: { country: "SE", type: "samordningsnummer", value: "197010632391" },
} as const;

/** Who is who by each broker, and by which of its means they go. */
const people: Record<(typeof ftnProfiles)[number], Readonly<Record<string, Identity>>> = {
  telia: finns,
  op: finns,
  idura: { ...finns, ...swedes },
  signicat: { ...finns, ...swedes },
  generic: {
    ...finns,
    jaan: { country: "EE", type: "eidas", value: "EE/FI/38001080000" },
    asa: { country: "FI", type: "eidas", value: "FI/SE/811228-9874" },
  },
};
const foreignMeans: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  idura: { SE: "urn:grn:authn:se:bankid" },
  signicat: { SE: "idp:sbid" },
  generic: { EE: "eu-eidas", FI: "se-bankid" },
};
const finnishMeans: Partial<Record<Profile, string>> = {
  telia: "oidc.aktia.1",
  op: "fi-nordea",
  idura: "urn:grn:authn:fi:mobile-id",
  signicat: "idp:ftn",
  generic: "fi-aktia",
};
const noLevelHere: readonly Profile[] = ["idura", "signicat"];

let own: OwnKeys;
const grounds = new Map<Profile, FtnGround>();
const ground = (profile: Profile): FtnGround => {
  const found = grounds.get(profile);
  assert.ok(found);
  return found;
};
before(async () => {
  own = await makeOwnKeys();
  await Promise.all(allProfiles.map(async (each) => grounds.set(each, await openFtnGround(each, own))));
});
after(() => Promise.all([...grounds.values()].map(({ stop }) => stop())));

for (const profile of ftnProfiles)
  describe(profile, () => {
    test("SIN-2 people are who they are, wherever they come from and however they are called", async () => {
      for (const [person, identity] of Object.entries(people[profile])) {
        const means = identity.type === "hetu" ? undefined : foreignMeans[profile]?.[identity.country];
        const from = new Date();
        const came = await ground(profile).identify({ person, ...(means && { means }) });
        assert.ok(came.result === "identified", `${person} ${JSON.stringify(came)}`);
        assert.deepEqual(came.identity, identity);
        assert.deepEqual(parseIdentity(identity.type, identity.value), identity, "as everybody else writes it");
        const high = person === "vaino" && !noLevelHere.includes(profile);
        assert.equal(came.level, high ? "high" : "substantial");
        assert.ok(came.authenticatedAt.getTime() >= from.getTime() - 1000);
      }
    });

    test("SIN-2 a means that was chosen with us isn't asked for again, and one that isn't the broker's leads nowhere", async () => {
      const means = finnishMeans[profile] ?? "";
      const { adapter, broker } = ground(profile);
      const { means: offered } = await adapter().selection("fi", new Date());
      assert.ok(offered.some(({ id }) => id === means));
      assert.equal((await ground(profile).identify({ means })).result, "identified");
      const request = ground(profile).lastRequest();
      assert.ok([request.acr_values, request.ftn_idp_id].includes(means), JSON.stringify(request));

      const asked = broker.log.length;
      assert.equal((await ground(profile).leave({ means: "evil fi-none" })).result, "unavailable");
      assert.ok(broker.log.slice(asked).every(({ at }) => at !== "authorize"));
    });

    test("the broker is told the language, the service and where to come back to, and its own page can be left", async () => {
      for (const language of ["fi", "sv", "en"] as const) {
        assert.deepEqual(await ground(profile).identify({ language, cancels: true }), { result: "cancelled" });
        const { ui_locales, ftn_spname, redirect_uri } = ground(profile).lastRequest();
        assert.equal(ui_locales, language);
        assert.equal(redirect_uri, "https://vahva.example/eid/broker/callback");
        const registered = ["telia", "idura", "signicat"].includes(profile);
        assert.equal(ftn_spname, registered ? undefined : "Vahva");
      }
    });

    test("a new key of the broker's is fetched when it is first seen, whether the old one is left beside it or not", async () => {
      for (const overlap of [true, false]) {
        const fresh = ground(profile);
        fresh.forget();
        assert.equal((await fresh.identify()).result, "identified");
        await fresh.broker.rotateKeys({ overlap });
        assert.equal((await fresh.identify()).result, "identified", `overlap ${overlap}`);
      }
    });

    test("fifteen who come at once after a rotation all come through, and the new key is fetched once", async () => {
      const { broker, forget, leave } = ground(profile);
      forget();
      const left = await Promise.all(Array.from({ length: 16 }, () => leave()));
      const first = left.shift();
      assert.ok(first?.result === "left");
      assert.equal((await first.judge(await first.goThrough())).result, "identified");
      await broker.rotateKeys();
      const asked = broker.log.filter(({ at }) => at === "keys").length;
      const came = await Promise.all(
        left.map(async (each) => (each.result === "left" ? each.judge(await each.goThrough()) : each)),
      );
      assert.deepEqual(
        came.map(({ result }) => result),
        came.map(() => "identified"),
      );
      assert.equal(broker.log.filter(({ at }) => at === "keys").length, asked + 1);
    });

    test("T47 less than the level asked for is refused, and a level that can't be had from here", async () => {
      const low = await ground(profile).identify({ level: "high", person: "tero" });
      assert.ok(low.result === "refused" || low.result === "unavailable", JSON.stringify(low));
      const high = await ground(profile).identify({ level: "high", person: "vaino" });
      assert.equal(high.result, noLevelHere.includes(profile) ? low.result : "identified");
    });
  });

test("SIN-2 a plain OpenID provider's people are its own, by keys or by a secret", async (t) => {
  const came = await ground("oidc").identify();
  assert.ok(came.result === "identified", JSON.stringify(came));
  const { issuer } = ground("oidc").broker;
  assert.deepEqual(came.identity, { country: "XX", type: "subject", value: `${issuer} person-tero` });

  const settings = { clientAuthentication: "client_secret_basic" };
  const bySecret = await openFtnGround("oidc", own, { settings, secret: "p+ss w%rd:é" });
  t.after(bySecret.stop);
  assert.equal((await bySecret.identify()).result, "identified");
});

test("T48 a fresh authentication is asked for wherever the broker knows how", async () => {
  const asked: Partial<Record<Profile, object>> = {};
  for (const profile of allProfiles) {
    await ground(profile).identify();
    const { max_age, prompt } = ground(profile).lastRequest();
    asked[profile] = {
      ...(max_age !== undefined && { max_age: Number(max_age) }),
      ...(prompt !== undefined && { prompt }),
    };
  }
  assert.deepEqual(asked, {
    telia: { max_age: 0 },
    op: {},
    idura: { prompt: "login" },
    signicat: { prompt: "login" },
    generic: { max_age: 0 },
    oidc: { max_age: 0 },
  });
});

test("OP is told that a means of authentication is made, once", async () => {
  await ground("op").identify();
  assert.equal(ground("op").lastRequest().scope, "openid personal_identity_code profile weak");
});

test("what was encrypted to our old key is still read, and what is signed with the new one believed", async (t) => {
  const before = await own.jwks();
  const slow = await openFtnGround("telia", own, {
    // A broker that has read our keys, but not yet begun to use the new one for encryption.
    ourKeys: async () => ({ keys: [...(await own.jwks()).keys.filter(({ use }) => use === "sig"), ...before.keys] }),
  });
  t.after(slow.stop);
  await own.rotate();
  assert.equal((await slow.identify()).result, "identified");
  assert.equal((await ground("telia").identify()).result, "identified");
});

test("whatever encryption was agreed on is read", async (t) => {
  for (const profile of ["generic", "idura"] as const)
    for (const alg of ["RSA-OAEP", "RSA-OAEP-256"] as const)
      for (const enc of ["A128CBC-HS256", "A128GCM"] as const) {
        const agreed = await openFtnGround(profile, own, {
          encryption: { alg, enc },
          keys: ground(profile).broker.keys,
        });
        t.after(agreed.stop);
        assert.equal((await agreed.identify()).result, "identified", `${profile} ${alg} ${enc}`);
      }
});

test("what the broker says of disturbances is shown, in the language of the page", async () => {
  const { broker, adapter, forget } = ground("telia");
  broker.announce("Huolto klo 22");
  forget();
  assert.equal((await adapter().selection("fi", new Date())).disturbance, "Huolto klo 22");
  broker.announce(null);
  forget();
  assert.equal((await adapter().selection("fi", new Date())).disturbance, null);
});

test("OP's means come from OP, with the notices that it wants shown", async () => {
  const { broker, adapter, forget } = ground("op");
  broker.announce("Nordea on poissa");
  forget();
  const { means, notices, disturbance } = await adapter().selection("sv", new Date());
  assert.ok(means.some(({ id, name, country }) => id === "fi-nordea" && name === "NORDEA" && country === "FI"));
  for (const { logo } of means) assert.match(logo ?? "", /^data:image\/svg\+xml;base64,[\w+/]+=*$/);
  const texts = notices.map(({ text }) => text).join(" ");
  for (const needed of ["välityspalvelu (sv)", "henkilötietosi", "Tietosuojaseloste"])
    assert.ok(texts.includes(needed));
  assert.ok(notices.some(({ href }) => href === `${broker.origin}/privacy`));
  assert.ok(disturbance?.includes("Nordea on poissa"));
  broker.announce(null);
});

test("in production people come by production's levels alone", async (t) => {
  const real = await openFtnGround("telia", own, { environment: "production" });
  t.after(real.stop);
  const came = await real.identify({ person: "vaino", level: "high" });
  assert.ok(came.result === "identified" && came.level === "high", JSON.stringify(came));
});

test("what an operator is told of a broker that is well says so", async () => {
  for (const profile of allProfiles) {
    const checks = await ground(profile).adapter().check(new Date());
    assert.ok(checks.length > 0, profile);
    assert.deepEqual(
      checks.filter(({ verdict }) => verdict === "fail"),
      [],
      profile,
    );
  }
});
