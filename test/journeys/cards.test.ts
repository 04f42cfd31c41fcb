import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { type CardService, openCardService, takesUpSessions } from "../grounds/card-service.ts";
import { describe, type Visitor } from "../harness/agent.ts";
import { part } from "../harness/parts.ts";
import { makeOrganisation, messagesTo } from "../harness/people.ts";

const openssl = part("openssl");
const skip = "missing" in openssl && openssl.missing;

let service: CardService;
before(async () => {
  if (!skip) service = await openCardService();
});
after(() => service?.close());

const cards = { permitted: ["certificate", "passkey"] };
let count = 0;
const organisation = (settings: object = {}): Promise<Organisation> => {
  count += 1;
  const policy = { methods: { staff: cards } };
  return makeOrganisation(service, `cards-${count}`, { policy, ...settings });
};

const hasSession = (visitor: Visitor) => visitor.cookies().some(({ name }) => name === "vahva_session");

test("ACT-7 SIN-4 activated by a card alone, and in again by it without user name, password or code", {
  skip,
}, async () => {
  const koivula = await organisation();
  const { visitor, email } = await service.activated(koivula, "ec");
  assert.ok(hasSession(visitor));
  await messagesTo(service, email, 1, /certificate card/);
  const own = await visitor.get("/account");
  assert.match(own.text, /Certificate card/);
  await visitor.submit({}, "Sign out");

  const anybody = await service.toSignIn(`/sign-in?organisation=${koivula.slug}&to=account`);
  const page = await service.show(anybody, "ec");
  assert.equal(page.path, "/account", describe(page));
  assert.match(page.text, new RegExp(email));
  const [event] = await service.events("sign-in.succeeded");
  assert.match(JSON.stringify(event), /sc pin mfa/);
});

test("SIN-4 RSA cards sign in too, by TLS 1.2 as by 1.3", { skip }, async () => {
  const koivula = await organisation();
  await service.activated(koivula, "rsa");
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}&to=account`);
    const answer = await service.present(await service.leave(visitor), "rsa", { maxVersion });
    assert.equal((await visitor.get(answer.location)).path, "/account");
  }
});

test("T39 T40 SIN-12 what is wrong with a card is said on a page of its own, with a next step and another way in", {
  skip,
}, async () => {
  const koivula = await organisation();
  const said = new Map<string | null, RegExp>([
    [null, /We did not receive a certificate/],
    ["expired", /has expired/],
    ["early", /not valid yet/],
    ["revoked", /has been revoked/],
    ["signature", /You chose the signature certificate/],
    ["server", /can’t be used here/],
    ["odd", /can’t be used here/],
    ["ec", /not linked to any account/],
  ]);
  for (const [card, heading] of said) {
    const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
    const page = await service.show(visitor, card);
    assert.match(page.heading, heading, `${card}: ${describe(page)}`);
    assert.ok(!hasSession(visitor));
    const buttons = page.forms.flatMap((form) => form.buttons.map(({ label }) => label));
    assert.ok(buttons.includes("Try again") && buttons.includes("Try another way"), `${card}: ${buttons}`);
    assert.doesNotMatch(page.html, /unknown-issuer|wrong-policy|OCSP/, "the reason is for the audit");
    await service.leave(visitor, "Try again");
  }
  const reasons = (await service.events("certificate.refused")).map(({ reason }) => reason);
  for (const reason of [
    "no-certificate",
    "expired",
    "not-yet-valid",
    "revoked",
    "signature-certificate",
    "unknown-issuer",
  ])
    assert.ok(reasons.includes(reason), reason);
});

test("T40 a card whose status nobody can tell does not sign in", { skip }, async () => {
  const koivula = await organisation();
  const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
  assert.match((await service.show(visitor, "mute")).heading, /We can’t check right now/);
  assert.equal((await service.events("certificate.refused"))[0]?.reason, "status-unavailable");
});

test("T94 a card of a closed account reads as a card of nobody", { skip }, async () => {
  const koivula = await organisation();
  const textFor = async () => {
    const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
    const page = await service.show(visitor, "org");
    assert.match(page.heading, /not linked to any account/);
    return page.text.replace(/Reference \S+/, "");
  };
  const before = await textFor();
  const { accountId } = await service.activated(koivula, "org");
  await service.db.updateTable("account").set({ state: "closed" }).where("id", "=", accountId).execute();
  assert.equal(await textFor(), before);
});

test("T41 another card of the same name and person is not the linked one", { skip }, async () => {
  const koivula = await organisation();
  await service.activated(koivula, "ec");
  const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
  assert.match((await service.show(visitor, "same-name")).heading, /not linked to any account/);
});

test("T42 the session of one person with the card of the next is refused, and no TLS session is taken up again", {
  skip,
}, async () => {
  const koivula = await organisation();
  await service.activated(koivula, "rsa");
  const { visitor } = await service.activated(koivula, "ec");
  service.clock.advance(6 * 60_000);
  await visitor.get("/account");
  const page = await visitor.submit({ method: "passkey" }, "Link");
  assert.match(page.heading, /Show your certificate card/, describe(page));
  const refused = await service.show(visitor, "rsa");
  assert.match(refused.heading, /This card is not linked to your account/);
  assert.doesNotMatch(refused.text, /Have you been invited/);
  const usual = createServer({ cert: service.pki.tls.certificate, key: service.pki.tls.key }, (_, answer) =>
    answer.end(),
  );
  await new Promise<void>((resolve) => usual.listen(0, "127.0.0.1", resolve));
  const { port } = usual.address() as AddressInfo; // a TCP listener has one
  const { ca } = service.pki.tls;
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    assert.equal(await takesUpSessions({ port, ca }, version), true, "what is usual");
    assert.equal(await takesUpSessions({ port: service.cardPort, ca }, version), false, version);
  }
  usual.close();
});

test("T41 USR-3 a card that another account of the organisation has is linked to nobody else", { skip }, async () => {
  const koivula = await organisation();
  await service.activated(koivula, "ec");
  const { visitor } = await service.toLink(koivula);
  const page = await service.show(visitor, "ec");
  assert.match(page.heading, /linked to another account/);
  assert.match((await service.show(visitor, "rsa", "Try again")).heading, /Your account is active/);
  const [event] = await service.events("method.link-refused");
  assert.equal(event?.reason, "bound-elsewhere");
});

test("T43 USR-3 a renewed card is linked anew by whoever has signed in, and the old link ends", { skip }, async () => {
  const koivula = await organisation();
  const { visitor, accountId } = await service.activated(koivula, "ec");
  const stranger = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
  assert.match((await service.show(stranger, "same-name")).heading, /not linked/, "not without signing in");

  const own = await visitor.get("/account");
  assert.ok(own.forms.some(({ action, fields }) => action === "/account/link" && fields.method === "certificate"));
  const page = await visitor.post("/account/link", { ...visitor.hidden({ method: "" }), method: "certificate" });
  assert.match(page.heading, /Link your certificate card/, describe(page));
  assert.equal((await service.show(visitor, "same-name")).path, "/account?linked=certificate");
  const rows = await service.db
    .selectFrom("authenticator")
    .select(["removed_at"])
    .where("account_id", "=", accountId)
    .orderBy("linked_at")
    .execute();
  assert.deepEqual(
    rows.map(({ removed_at }) => removed_at === null),
    [false, true],
  );
  const signIn = `/sign-in?organisation=${koivula.slug}&to=account`;
  assert.match((await service.show(await service.toSignIn(signIn), "ec")).heading, /not linked/);
  assert.equal((await service.show(await service.toSignIn(signIn), "same-name")).path, "/account");
});

test("T91 where the policy does not permit cards, neither a link nor an address lets one in", { skip }, async () => {
  const koivula = await organisation();
  const { accountId } = await service.activated(koivula, "ec");
  const forbids = { methods: { staff: { permitted: ["passkey"] } } };
  await service.features.organisations.changeOrganisation(koivula.slug, { policy: forbids }, { actor: "operator" });
  const visitor = service.visitor();
  await visitor.get(`/sign-in?to=account`);
  if (visitor.page().forms.some(({ buttons }) => buttons.some(({ value }) => value === "certificate")))
    await visitor.submit({}, "certificate");
  const page = await service.show(visitor, "ec");
  assert.notEqual(page.path, "/account", accountId);
  assert.ok(!hasSession(visitor), describe(page));
});

test("T44 a code counts once, for a minute, and only in the browser that left", { skip }, async () => {
  const koivula = await organisation();
  await service.activated(koivula, "ec");
  const path = `/sign-in?organisation=${koivula.slug}&to=account`;
  const victim = service.visitor();
  await victim.get(path);
  const attacker = await service.toSignIn(path);
  const { location } = await service.present(await service.leave(attacker), "ec");
  await victim.get(location);
  assert.ok(!hasSession(victim));
  assert.equal((await service.events("certificate.refused"))[0]?.reason, "another-browser");
  assert.equal((await attacker.get(location)).path, "/account", "it was not used up by the other");

  const slow = await service.toSignIn(path);
  const late = await service.present(await service.leave(slow), "ec");
  service.clock.advance(61_000);
  const page = await slow.get(late.location);
  assert.match(page.text, /It took too long/, describe(page));
  assert.ok(!hasSession(slow));
});

test("T34 a path is good for one certificate, and sixteen at once are one", { skip }, async () => {
  const koivula = await organisation();
  await service.activated(koivula, "ec");
  const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}&to=account`);
  const url = await service.leave(visitor);
  const answers = await Promise.all(Array.from({ length: 16 }, () => service.present(url, "ec")));
  const codes = answers.filter(({ location }) => location.includes("/certificate/return?code="));
  assert.equal(codes.length, 1);
  const others = answers.filter(({ location }) => location.includes("/journey/"));
  assert.equal(others.length, 15, "a reload leads back to the journey's page");
  assert.equal((await visitor.get(codes[0]?.location ?? "")).path, "/account");
});

test("the card host has one kind of address, and neither cookies nor pages", { skip }, async () => {
  const origin = `https://card.localhost:${service.cardPort}`;
  for (const path of ["/", "/sign-in", "/account", "/healthz", `/${"A".repeat(43)}`, `/${"A".repeat(44)}`]) {
    const answer = await service.present(`${origin}${path}`, "ec");
    assert.equal(answer.status, 404, path);
    assert.deepEqual(
      [answer.location, answer.headers["set-cookie"], answer.headers.connection],
      ["", undefined, "close"],
    );
  }
  assert.equal((await service.present(`${origin}/${"A".repeat(43)}`, "ec", { method: "POST" })).status, 404);
});

test("USR-5 the card test says what came and what is wrong with it, once, and signs nobody in", { skip }, async () => {
  const koivula = await organisation();
  await service.activated(koivula, "ec");
  for (const [card, heading, checks] of [
    ["ec", /Your card works/, /Öhman Åsa/],
    ["rsa", /Your card works/, /Meikäläinen Matti/],
    ["signature", /can’t be used yet/, /Made for authentication .*Close all windows/],
    ["expired", /can’t be used yet/, /In date .*registration point/],
    [null, /We did not receive a certificate/, /Is the card in the reader/],
  ] as const) {
    const visitor = service.visitor();
    await visitor.get("/test/certificate");
    const answer = await service.present(await service.leave(visitor, "Test the card"), card);
    const page = await visitor.get(answer.location);
    assert.match(page.heading, heading, describe(page));
    assert.match(page.text, checks);
    assert.ok(!hasSession(visitor));
    assert.doesNotMatch(page.text, /koivula/i, "whose card it is makes no difference");
    assert.equal((await visitor.get(answer.location)).path, "/test/certificate", "shown once");
    const other = service.visitor();
    await other.get("/test/certificate");
    const theirs = await service.present(await service.leave(other, "Test the card"), card);
    assert.doesNotMatch((await visitor.get(theirs.location)).text, /Öhman|Meikäläinen/, "in its own browser");
  }
});

test("USR-5 in three languages", { skip }, async () => {
  for (const [lang, heading] of [
    ["fi", "Korttisi toimii"],
    ["sv", "Ditt kort fungerar"],
    ["en", "Your card works"],
  ] as const) {
    const visitor = service.visitor();
    const page = await visitor.get(`/test/certificate?lang=${lang}`);
    const answer = await service.present(await service.leave(visitor, page.forms[0]?.buttons[0]?.label ?? ""), "ec");
    assert.equal((await visitor.get(answer.location)).heading, heading);
  }
});
