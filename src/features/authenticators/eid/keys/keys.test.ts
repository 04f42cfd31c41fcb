import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import fastify from "fastify";
import { createLocalJWKSet, type JWK, jwtVerify } from "jose";
import { testDatabase } from "../../../../../test/harness/database.ts";
import { federationDocuments } from "../../../../adapters/ftn/index.ts";
import { Secret } from "../../../../kernel/secret.ts";
import { days, hours, minutes } from "../../../../kernel/time.ts";
import { type Database, openDatabase } from "../../../../platform/database/index.ts";
import { makeKeyring } from "../../../../platform/seal/index.ts";
import { fakeClock } from "../../../../ports/clock.ts";
import { systemRandom } from "../../../../ports/random.ts";
import { makeAudit } from "../../../audit/index.ts";
import type { Broker } from "../brokers/broker.ts";
import { federationRoutes } from "./federation-routes.ts";
import { makeRelyingPartyKeys } from "./relying-party-keys.ts";
import { makeListKeys, makeRotateKey } from "./rotate-key.ts";

let created: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
before(async () => {
  created = await testDatabase();
  database = openDatabase(created.url);
});
after(async () => {
  await database.close();
  await created.drop();
});
beforeEach(() => database.db.deleteFrom("relying_party_key").execute());

const publicUrl = "https://login.example";
const keyring = makeKeyring([new Secret("relying".repeat(8))]);
const by = { actor: "operator" } as const;

function open() {
  const clock = fakeClock();
  const deps = { db: database.db, keyring, clock, random: systemRandom, publicUrl };
  const audit = makeAudit({ clock, random: systemRandom, keyring });
  const keys = makeRelyingPartyKeys(deps);
  const published = async (use: string) =>
    (await keys.published()).filter((key) => key.use === use).map(({ kid }) => kid);
  return {
    clock,
    deps,
    keys,
    published,
    decrypts: async () => (await keys.decryption()).map(({ kid }) => kid),
    signs: async () => (await keys.signing()).kid,
    list: makeListKeys(deps),
    rotate: makeRotateKey({ ...deps, audit }),
  };
}

test("sixteen that need keys at once, on several nodes, get the same; nothing that is stored is a key", async () => {
  const nodes = Array.from({ length: 4 }, open);
  const kids = await Promise.all(
    nodes.flatMap(({ keys }) => Array.from({ length: 4 }, async () => (await keys.signing()).kid)),
  );
  assert.equal(new Set(kids).size, 1);
  const rows = await database.db.selectFrom("relying_party_key").selectAll().execute();
  assert.deepEqual(rows.map(({ use }) => use).toSorted(), ["enc", "entity", "sig"]);
  for (const { private_key } of rows) assert.doesNotMatch(private_key.toString("latin1"), /PRIVATE KEY/);
});

test("a node whose clock is a moment behind publishes the first keys too: it had shown a broker no key to encrypt by", async () => {
  const [ahead, behind] = [open(), open()];
  ahead.clock.advance(20);
  const kids = await ahead.published("enc");
  assert.equal(kids.length, 1);
  assert.deepEqual(await behind.published("enc"), kids);
});

test("a key has a certificate of its own, for ten years, in the name of the service's host", async () => {
  const { keys, clock } = open();
  const { certificate, privateKey } = await keys.signing();
  const read = new X509Certificate(certificate);
  assert.equal(read.subject, "CN=login.example");
  assert.equal(read.issuer, read.subject);
  assert.ok(read.verify(read.publicKey));
  assert.ok(read.checkPrivateKey(createPrivateKey(privateKey)));
  assert.match(read.serialNumber, /^[4-7][0-9A-F]{31}$/);
  assert.ok(read.validFromDate < clock.now());
  assert.equal(read.validToDate.getUTCFullYear(), clock.now().getUTCFullYear() + 10);
});

test("OPS-5 a new signing key is published before it signs, and the old one for as long afterwards", async () => {
  const { clock, signs, published, rotate } = open();
  const old = await signs();
  clock.advance(minutes(1));
  const kid = await rotate("sig", by);
  clock.advance(minutes(1));
  assert.equal(await signs(), old);
  assert.deepEqual(await published("sig"), [kid, old]);
  clock.advance(days(2));
  assert.equal(await signs(), kid);
  assert.deepEqual(await published("sig"), [kid, old]);
  clock.advance(days(2));
  assert.deepEqual(await published("sig"), [kid]);
});

test("OPS-5 a new encryption key decrypts before brokers see it, and the old one for thirty days after", async () => {
  const { clock, decrypts, published, rotate } = open();
  const [old = ""] = await decrypts();
  clock.advance(minutes(1));
  const kid = await rotate("enc", by);
  clock.advance(minutes(1));
  assert.deepEqual(await decrypts(), [kid, old]);
  assert.deepEqual(await published("enc"), [old], "another node may not know the new one yet");
  clock.advance(minutes(2));
  assert.deepEqual(await published("enc"), [kid]);
  clock.advance(days(29));
  assert.deepEqual(await decrypts(), [kid, old]);
  clock.advance(days(1));
  assert.deepEqual(await decrypts(), [kid]);
});

test("OPS-5 after a leak a key signs at once and the earlier one is withdrawn, on every node within a minute", async () => {
  const { clock, signs, published, rotate } = open();
  const other = open();
  await Promise.all([signs(), other.signs()]);
  const kid = await rotate("sig", { ...by, atOnce: true });
  for (const node of [{ clock, signs, published }, other]) {
    node.clock.advance(minutes(1));
    assert.equal(await node.signs(), kid);
    assert.deepEqual(await node.published("sig"), [kid]);
  }
});

test("a key made in a hurry signs on when one that was announced before would have begun", async () => {
  const { clock, signs, rotate, list } = open();
  await signs();
  await rotate("sig", { ...by, inDays: 2 });
  clock.advance(minutes(1));
  const kid = await rotate("sig", { ...by, atOnce: true });
  clock.advance(days(3));
  assert.equal(await signs(), kid);
  assert.deepEqual(
    (await list()).filter(({ use, current }) => use === "sig" && current).map((key) => key.kid),
    [kid],
  );
});

test("the entity key changes only where it is asked for, and a change of keys is in the audit", async () => {
  const { clock, keys, rotate, deps, list } = open();
  const before = (await keys.entity()).kid;
  await rotate("sig", by);
  await rotate("enc", by);
  clock.advance(minutes(1));
  assert.equal((await keys.entity()).kid, before);
  const kid = await rotate("entity", by);
  clock.advance(minutes(1));
  assert.equal((await keys.entity()).kid, kid);
  const { detail } = await deps.db
    .selectFrom("audit_event")
    .select("detail")
    .where("type", "=", "relying-party-key.rotated")
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  assert.deepEqual(detail, { kid, use: "entity", atOnce: false });
  clock.advance(days(40));
  await rotate("sig", by);
  const { length } = await list();
  assert.equal(length, 4, "what nothing needs any more is deleted");
  assert.doesNotMatch(JSON.stringify(await list()), /PRIVATE/);
});

test("brokers read who we are and our keys, signed by the entity key; nothing while none is configured", async () => {
  const { clock, keys, rotate, published } = open();
  clock.set(new Date()); // jose judges by the machine's clock
  let all: Broker[] = [];
  const app = fastify();
  federationRoutes(app, { publicUrl, clock, keys, brokers: { all: () => all }, documents: federationDocuments });
  const get = (url: string) => app.inject({ url });
  assert.equal((await get("/.well-known/openid-federation")).statusCode, 404);
  assert.equal((await get("/eid/jwks.json")).statusCode, 404);

  // Only the name and whether there is metadata are looked at.
  const broker = (name: string, connection: object) => ({ name, connection }) as unknown as Broker;
  all = [broker("telia", {}), broker("suomifi", { metadata: async () => "" })];
  const statement = await get("/.well-known/openid-federation");
  assert.equal(statement.headers["content-type"], "application/entity-statement+jwt");
  const plain = await get("/eid/jwks.json");
  assert.match(String(plain.headers["content-type"]), /^application\/json/);
  assert.doesNotMatch(plain.body, /"(?:d|p|q|dp|dq|qi)":/, "no private part");
  const [jwk] = (await keyOf(statement.body)) as [JWK];
  const entity = createLocalJWKSet({ keys: [jwk] });
  assert.equal(jwk.kid, (await keys.entity()).kid);
  const { payload } = await jwtVerify(statement.body, entity, { typ: "entity-statement+jwt", issuer: publicUrl });
  const party = (payload.metadata as { openid_relying_party: object }).openid_relying_party;
  assert.deepEqual("redirect_uris" in party && party.redirect_uris, [`${publicUrl}/eid/telia/callback`]);

  const signed = await get("/eid/jwks.jwt");
  assert.equal(signed.headers["content-type"], "application/jwk-set+jwt");
  const set = await jwtVerify(signed.body, entity, { typ: "jwk-set+jwt", issuer: publicUrl });
  assert.deepEqual(set.payload.keys, JSON.parse(plain.body).keys);
  assert.equal((await get("/eid/jwks.jwt")).body, signed.body, "made once");
  clock.advance(minutes(1));
  const kid = await rotate("sig", by);
  clock.advance(minutes(1));
  const anew = await get("/eid/jwks.jwt");
  assert.notEqual(anew.body, signed.body, "and anew when a key comes");
  assert.deepEqual(await published("sig"), [kid, (await keys.signing()).kid]);
  clock.advance(hours(1));
  assert.notEqual((await get("/eid/jwks.jwt")).body, anew.body, "or an hour has passed");
  await app.close();
});

/** The entity keys that a statement brings with it. */
const keyOf = async (statement: string): Promise<unknown> =>
  JSON.parse(Buffer.from(statement.split(".")[1] ?? "", "base64url").toString()).jwks.keys;
