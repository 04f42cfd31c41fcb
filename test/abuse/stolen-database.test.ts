import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { verify } from "@node-rs/argon2";
import { keyFromBase32 } from "../../src/features/authenticators/totp/one-time-code.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { type Client, exchange, refresh, type Tokens, userinfo } from "../grounds/provider-ground.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import {
  type Activated,
  activatedAccount,
  invite,
  invitedWithPin,
  keyOn,
  linkTo,
  makeOrganisation,
  makePhone,
  pinTo,
  rightPassword,
  signInHere,
} from "../harness/people.ts";
import { movableClock, startService, until } from "../harness/service.ts";
import { codeFor, registerApplication, tokensFor } from "./application.ts";
import { openSecureService, type SecureService } from "./secure-service.ts";
import { readEverything } from "./snapshot.ts";

const clock = movableClock();
let service: SecureService;
let organisation: Organisation;
before(async () => {
  service = await openSecureService({ clock });
  organisation = await makeOrganisation(service);
});
after(() => service.close());

/** A person who is signed in, an application with live tokens, and an invitation that waits for its messages. */
async function fill() {
  const person = await activatedAccount(service, organisation);
  const client = await registerApplication(service);
  const tokens = await tokensFor(person.visitor, client, service.url);
  const { code, verifier } = await codeFor(person.visitor, client);

  const linking = makeVisitor(service.url);
  const halfWay = await invitedWithPin(service, organisation);
  await linking.get(halfWay.link);
  await linking.submit({ pin: halfWay.pin });
  await linking.submit({ new_password: rightPassword });
  const offered = keyOn(linking.page().html);
  return { person, client, tokens, code, verifier, linking, halfWay, offered };
}

/** An invitation whose text message the gateway has refused so far: it waits, sealed. */
async function waitingInvitation(phone: string) {
  service.senders.gateway.answer({ status: 500 });
  const invited = await invite(service, organisation, { phone });
  const pin = await pinTo(service, phone);
  const link = (await linkTo(service, invited.email)).split("/").at(-1) ?? "";
  await until(async () => {
    const rows = await service.db.selectFrom("message").select("state").where("reason", "is not", null).execute();
    return rows.some(({ state }) => state === "waiting");
  }, "the refusal to be noted");
  return { pin, link };
}

/** In every spelling in which a thief would look. */
function spellings(secret: string): string[] {
  const raw = /^[A-Z2-7]{32}$/.test(secret)
    ? (keyFromBase32(secret) ?? Buffer.alloc(0))
    : Buffer.from(secret, "base64url");
  const bytes = [Buffer.from(secret), ...(raw.length >= 16 ? [raw] : [])];
  return [
    ...new Set([
      secret,
      ...bytes.flatMap((each) => [each.toString("hex"), each.toString("base64"), each.toString("base64url")]),
    ]),
  ];
}

test("T99 whoever takes the database has no seed, PIN, link, password, session, client secret, token or message", async () => {
  const { person, client, tokens, code, verifier, halfWay, offered } = await fill();
  const { pin, link } = await waitingInvitation("+358407654321");
  const secrets: Record<string, string> = {
    "link of an activated account": person.link.split("/").at(-1) ?? "",
    "link of a half-way activation": halfWay.link.split("/").at(-1) ?? "",
    "link on its way": link,
    "key of the app": person.phone.key,
    "key offered": offered,
    password: rightPassword,
    "client secret": client.secret ?? "",
    "access token": tokens.access_token ?? "",
    "refresh token": tokens.refresh_token ?? "",
    "authorization code": code,
    "code verifier": verifier,
    ...Object.fromEntries(person.visitor.cookies().map(({ name, value }) => [`cookie ${name}`, value])),
  };
  const tables = await readEverything(service.db);
  const dump = [...tables.values()].flat().join("\n");
  for (const table of [
    "totp",
    "totp_offer",
    "password",
    "session",
    "oidc_token",
    "message",
    "application",
    "signing_key",
  ])
    assert.ok((tables.get(table)?.length ?? 0) > 0, `${table} is empty`);

  for (const [what, secret] of Object.entries(secrets)) {
    assert.ok(secret.length >= 16, what);
    for (const spelling of spellings(secret)) assert.ok(!dump.includes(spelling), `${what} is there as ${spelling}`);
  }
  const sealed = [...(tables.get("message") ?? [])].join("\n");
  assert.doesNotMatch(sealed, /\+358407654321|@koivula\.example|activate\//, "messages are sealed");
  assert.doesNotMatch(
    [...(tables.get("signing_key") ?? [])].join(""),
    /"d"|PRIVATE KEY|2264223a/,
    "signing keys are sealed",
  );

  // A million PINs are tried in a second: not even a plain hash of one may be there.
  for (const each of [pin, halfWay.pin, person.pin]) {
    assert.doesNotMatch(dump, new RegExp(`(?<![\\w.:+-])${each}(?![\\w.:-])`), "a PIN");
    const rows = await service.db.selectFrom("invitation").select("id").execute();
    for (const text of [each, ...rows.map(({ id }) => `${id}:${each}`)])
      for (const algorithm of ["sha256", "sha1", "md5", "sha512"])
        assert.ok(!dump.includes(createHash(algorithm).update(text).digest("hex")), `${algorithm} of a PIN`);
  }
  const { hash } = await service.db.selectFrom("password").select("hash").executeTakeFirstOrThrow();
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  assert.equal(await verify(hash, rightPassword), false, "without the pepper the right password fits nothing");
});

const canSignIn = async (person: Activated, code: string): Promise<Visitor> => {
  const visitor = makeVisitor(service.url);
  await visitor.get("/sign-in?organisation=koivula");
  await visitor.submit({ username: person.email, password: rightPassword });
  await visitor.submit({ code });
  return visitor;
};
const isSignedIn = (visitor: Visitor) => visitor.cookies().some(({ name }) => name.endsWith("vahva_session"));

test("T100 seeds swapped between two people open nothing, sign nobody in to the other's account, and are heard of", async () => {
  const [one, two] = [await activatedAccount(service, organisation), await activatedAccount(service, organisation)];
  const seeds = await service.db
    .selectFrom("totp")
    .innerJoin("authenticator", "authenticator.id", "totp.authenticator_id")
    .select(["totp.authenticator_id as id", "totp.secret"])
    .where("account_id", "in", [one.accountId, two.accountId])
    .orderBy("account_id")
    .execute();
  const write = async (id: string | undefined, secret: Buffer | undefined) =>
    service.db
      .updateTable("totp")
      .set({ secret: secret ?? Buffer.alloc(0) })
      .where("authenticator_id", "=", id ?? "")
      .execute();
  const swap = async (order: readonly [number, number]) => {
    await write(seeds[0]?.id, seeds[order[0]]?.secret);
    await write(seeds[1]?.id, seeds[order[1]]?.secret);
  };
  await swap([1, 0]);
  clock.advance(60_000);
  for (const [person, phone] of [
    [one, one.phone],
    [one, two.phone],
    [two, one.phone],
    [two, two.phone],
  ] as const) {
    const visitor = await canSignIn(person, phone.shown());
    assert.ok(!isSignedIn(visitor), describe(visitor.page()));
    assert.equal(visitor.page().status, 500, "a fault, which is logged, and not a wrong code");
  }
  await swap([0, 1]);
  for (const person of [one, two]) assert.ok(isSignedIn(await canSignIn(person, person.phone.shown())));
});

test("OPS-5 T101 a new secret in front signs nobody out: everything sealed and hashed before still works", async () => {
  const { person, client, tokens, code, verifier, linking, halfWay, offered } = await fill();
  const waiting = await waitingInvitation("+358407654322");
  const secret = "a newer secret of the tests that is longer than it need be";
  const next = await startService({
    databaseUrl: service.databaseUrl,
    clock,
    env: {
      ...service.senders.env,
      VAHVA_PUBLIC_URL: service.publicUrl,
      VAHVA_SECRET: `${secret},${service.env.VAHVA_SECRET}`,
    },
  });
  try {
    await checkAfter(`http://localhost:${next.port}`);
  } finally {
    await next.close();
  }

  async function checkAfter(origin: string): Promise<void> {
    const signedIn = await person.visitor.get(`${origin}/account`);
    assert.equal(signedIn.path, "/account", "the session goes on");
    const redeemed: Tokens = await exchange(origin, client as Client, code, verifier);
    assert.equal(redeemed.status, 200, "the code and the client secret");
    assert.equal((await userinfo(origin, tokens.access_token)).status, 200);
    assert.equal((await refresh(origin, client, tokens.refresh_token)).status, 200);

    // The page was drawn by the old one: its form token, its key and its cookie are still good.
    const { url } = linking.page();
    const done = await linking.post(new URL(new URL(url).pathname, origin).href, {
      ...linking.hidden({ code: "" }),
      code: makePhone(offered, clock).shown(),
    });
    assert.equal(done.heading, "Your account is active", `${halfWay.email}: ${describe(done)}`);

    service.senders.gateway.answer({ status: 200 });
    clock.advance(60_000);
    const invited = makeVisitor(origin);
    await invited.get(`/activate/${waiting.link}`);
    const page = await invited.submit({ pin: waiting.pin });
    assert.match(page.path, /^\/journey\//, "link and PIN");

    const later = makeVisitor(origin);
    await later.get("/sign-in?organisation=koivula");
    await signInHere(later, person);
    assert.ok(isSignedIn(later), describe(later.page()));
  }
});
