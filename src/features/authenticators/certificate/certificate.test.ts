import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type CardGround, openCardGround, report } from "../../../../test/grounds/cards.ts";
import { days, minutes, plus, seconds } from "../../../kernel/time.ts";

let ground: CardGround;
before(async () => {
  ground = await openCardGround({ comparing: ["compared"] });
});
beforeEach(() => {
  ground.enqueued.length = 0;
});
after(() => ground.close());

let cards = 0;
/** A good card unlike any other. */
const card = (given: Parameters<typeof report>[0] = {}, facts: Parameters<typeof report>[1] = {}) => {
  cards += 1;
  return report(given, { serial: `c0${cards}`, ...facts });
};
const methodsOf = (accountId: string) =>
  ground.db
    .selectFrom("authenticator")
    .leftJoin("certificate", "certificate.authenticator_id", "authenticator.id")
    .where("authenticator.account_id", "=", accountId)
    .orderBy("linked_at")
    .selectAll()
    .execute();

test("ACT-7 USR-3 a shown card is linked, told of, and signs in as sc, pin and mfa at strength 3", async () => {
  const own = card();
  const account = await ground.linked("links", own);
  assert.deepEqual(
    ground.enqueued.map(({ template, channel }) => [template, channel]),
    [["method-linked", "email"]],
  );
  const [row] = await methodsOf(account.id);
  assert.deepEqual([row?.method, row?.name], ["certificate", "Test Cards CA"]);
  const id = await ground.beginSignIn({ requested: { strength: 3 } });
  assert.equal((await ground.show(id, own)).to, "destination");
  const { result } = await ground.read(id);
  assert.deepEqual(result?.amr, ["sc", "pin", "mfa"]);
  assert.equal((await ground.events("certificate.accepted")).at(-1)?.account_id, account.id);
});

test("T99 AUD-4 what a card says of its person is stored nowhere in the clear", async () => {
  const own = card({}, { serial: "deadbeefcafe" });
  await ground.linked("sealed", own);
  const stored = JSON.stringify([
    await ground.db.selectFrom("certificate").selectAll().execute(),
    await ground.db.selectFrom("certificate_handover").selectAll().execute(),
    await ground.everythingStored(),
  ]);
  for (const clear of ["deadbeefcafe", "99900001N", Buffer.from("99900001N").toString("hex"), "Virtanen Aino"])
    assert.ok(!stored.includes(clear), clear);
});

test("T41 the card is that card: another serial number, key or issuer is another", async () => {
  const own = card();
  await ground.linked("bound", own);
  assert.ok(own.certificate);
  for (const facts of [{ serial: "ff" }, { publicKeyHash: "dd".repeat(32) }, { issuerHash: "ee".repeat(32) }]) {
    const id = await ground.beginSignIn();
    await ground.show(id, { ...own, certificate: { ...own.certificate, ...facts } });
    assert.equal((await ground.notice(id))?.key, "certificate:not-linked");
  }
});

test("T38 a certificate that the proxy does not vouch for signs nobody in, whatever we say of it", async () => {
  const own = card();
  await ground.linked("vouched", own);
  const id = await ground.beginSignIn();
  await ground.show(id, own, { vouched: false });
  assert.equal((await ground.notice(id))?.key, "certificate:not-accepted");
  assert.match(JSON.stringify((await ground.events("certificate.refused")).at(-1)?.detail), /not-vouched/);
});

test("T40 a card that counts although its status is not known is audited so", async () => {
  const own = card({ unchecked: true });
  await ground.linked("unchecked", own);
  const id = await ground.beginSignIn();
  assert.equal((await ground.show(id, own)).to, "destination");
  assert.match(JSON.stringify((await ground.events("certificate.accepted")).at(-1)?.detail), /"unchecked": ?true/);
});

test("a card counts only for the organisation that it names, where its authority is so configured", async () => {
  const subject = { commonName: null, surname: null, givenName: null, serialNumber: null };
  const other = card({ authority: "compared" }, { subject: { ...subject, organisation: "Kuusela" } });
  const { id, browser } = await ground.beginLinking("compared");
  await ground.show(id, other, { step: "certificate-link", browser });
  assert.equal((await ground.notice(id, browser))?.key, "certificate:other-organisation");
  const own = card({ authority: "compared" }, { subject: { ...subject, organisation: "KOIVULA" } });
  assert.equal((await ground.show(id, own, { step: "certificate-link", browser })).to, "destination");
});

test("T41 sixteen accounts that take one card at once: one gets it", async () => {
  const shared = card();
  const all = await Promise.all(Array.from({ length: 16 }, (_, at) => ground.beginLinking(`sixteen-${at}`)));
  const codes = await Promise.all(
    all.map(async ({ id, browser }) => ground.showAt(await ground.leave(id, "certificate-link", browser), shared)),
  );
  const ends = await Promise.all(codes.map((code, at) => ground.comeBack(code, all[at]?.browser)));
  assert.equal(ends.filter(({ to }) => to === "destination").length, 1);
  assert.equal(ends.filter(({ to }) => to === "page").length, 15);
});

test("T44 a code that comes sixteen times counts once, and never in another browser", async () => {
  const own = card();
  await ground.linked("codes", own);
  const id = await ground.beginSignIn();
  const code = await ground.showAt(await ground.leave(id), own);
  assert.deepEqual(await ground.comeBack(code, "another"), { to: "nowhere", foreign: true });
  const ends = await Promise.all(Array.from({ length: 16 }, () => ground.comeBack(code)));
  assert.equal(ends.filter(({ to }) => to === "destination").length, 1);
  assert.equal(ends.filter(({ to }) => to === "journey").length, 15);
  assert.deepEqual(await ground.comeBack("x".repeat(43)), { to: "nowhere", foreign: false });
});

test("a path is too old after ten minutes, a code after one, and what is over is forgotten", async () => {
  const own = card();
  await ground.linked("late", own);
  const id = await ground.beginSignIn();
  const path = await ground.leave(id);
  ground.clock.advance(minutes(10));
  assert.deepEqual(await ground.present({ path, der: null, vouched: true }), { to: "journey", id });
  const code = await ground.showAt(await ground.leave(id), own);
  ground.clock.advance(seconds(60));
  await ground.comeBack(code);
  assert.equal((await ground.notice(id))?.key, "certificate:took-too-long");
  ground.clock.advance(minutes(31));
  await ground.room.sweep();
  assert.deepEqual(await ground.db.selectFrom("certificate_handover").select("kind").execute(), []);
});

test("one card in two organisations: the person says which account is meant, once", async () => {
  const own = card();
  const kuusela = await ground.createOrganisation("kuusela");
  const first = await ground.linked("twice", own);
  const second = await ground.linked("twice-more", own, kuusela.id);
  const id = await ground.beginSignIn({ organisationId: null });
  assert.equal((await ground.show(id, own)).to, "journey");
  const { text } = await ground.page(id);
  assert.ok(text.includes(first.id) && text.includes(second.id));
  const stranger = await ground.linked("no-business", card());
  await ground.post(id, { step: "certificate", account: stranger.id });
  assert.equal((await ground.notice(id))?.key, "certificate:not-linked");
  assert.equal((await ground.post(id, { step: "certificate", account: second.id })).to, "destination");
  assert.equal((await ground.read(id)).result?.accountId, second.id);

  const late = await ground.beginSignIn({ organisationId: null });
  await ground.show(late, own);
  ground.clock.advance(minutes(5));
  assert.notEqual((await ground.post(late, { step: "certificate", account: first.id })).to, "destination");
});

test("AUD-1 SIN-1 the audit says whose card is refused and why, and the page what it says of a stranger's", async () => {
  const own = card();
  const { id: accountId } = await ground.linked("refused", own);
  const refused = async (shown: ReturnType<typeof report>) => {
    const id = await ground.beginSignIn();
    await ground.show(id, shown);
    const event = (await ground.events("certificate.not-linked")).at(-1);
    const page = (await ground.page(id)).text.replaceAll(id, "");
    return { page, account: event?.account_id, detail: JSON.stringify(event?.detail) };
  };
  const stranger = await refused(card());
  assert.equal(stranger.account, null);
  assert.match(stranger.detail, /"reason": ?"not-linked"/);
  const account = ground.db.updateTable("account").where("id", "=", accountId);
  const methods = ground.db.updateTable("authenticator").where("account_id", "=", accountId);
  const shuts = [
    ["account-frozen", account.set({ state: "frozen" })],
    ["account-closed", account.set({ state: "closed" })],
    ["removed", account.set({ state: "active" }), methods.set({ removed_at: ground.clock.now() })],
  ] as const;
  for (const [reason, ...changes] of shuts) {
    for (const change of changes) await change.execute();
    const told = await refused(own);
    assert.deepEqual([told.page, told.account], [stranger.page, accountId], reason);
    assert.match(told.detail, new RegExp(`"reason": ?"${reason}"`));
  }
});

test("POL-3 SIN-12 who comes back with a card that was forbidden meanwhile is told so, and so is the audit", async () => {
  const kuusela = await ground.createOrganisation("koivikko");
  const own = card();
  const account = await ground.linked("forbidden", own, kuusela.id);
  const id = await ground.beginSignIn({ organisationId: kuusela.id });
  const code = await ground.showAt(await ground.leave(id), own);
  const policy = JSON.stringify({ methods: { staff: { permitted: ["totp"] } } });
  await ground.db.updateTable("organisation").set({ policy }).where("id", "=", kuusela.id).execute();
  assert.equal((await ground.comeBack(code)).to, "page");
  assert.equal((await ground.notice(id))?.key, "journey:not-offered");
  const [event] = await ground.events("method.refused");
  assert.deepEqual([event?.result, event?.account_id], ["refused", account.id]);
});

test("T43 a renewed card of the same holder takes the place of the old one; another person's card does not", async () => {
  const own = card();
  const account = await ground.linked("renews", own);
  const link = async (shown: ReturnType<typeof report>) => {
    const id = await ground.begin({
      purpose: "link-method",
      account,
      requested: { link: "certificate" },
      proofs: [{ kind: "certificate", authenticatorId: null, shownAt: ground.clock.now() }],
    });
    return ground.show(id, shown, { step: "certificate-link" });
  };
  const subject = { commonName: null, surname: "Virtanen", givenName: "Aino", organisation: null };
  assert.equal((await link(card({}, { subject: { ...subject, serialNumber: "another" } }))).to, "destination");
  assert.equal((await link(card())).to, "destination");
  const rows = await methodsOf(account.id);
  assert.deepEqual(
    rows.map(({ removed_at }) => removed_at !== null),
    [true, false, false],
  );
  const id = await ground.beginSignIn();
  await ground.show(id, own);
  assert.equal((await ground.notice(id))?.key, "certificate:not-linked");
});

test("T43 people are told a month and a week before their card expires, once each; then its link ends", async () => {
  const account = await ground.linked("expires", card({}, { notAfter: plus(ground.clock.now(), days(40)) }));
  ground.enqueued.length = 0;
  const told = async (after: number) => {
    ground.clock.advance(days(after));
    await Promise.all([ground.room.remind(), ground.room.remind()]);
    const own = ground.enqueued.splice(0).filter(({ accountId }) => accountId === account.id);
    return own.map(({ template, parameters }) => [template, "ended" in parameters && parameters.ended]);
  };
  assert.deepEqual(await told(9), []);
  assert.deepEqual(await told(1), [["card-expiry", false]]);
  assert.deepEqual(await told(10), []);
  assert.deepEqual(await told(13), [["card-expiry", false]]);
  assert.deepEqual(await told(1), []);
  assert.equal((await methodsOf(account.id))[0]?.removed_at, null);
  assert.deepEqual(await told(6), [["card-expiry", true]]);
  assert.notEqual((await methodsOf(account.id))[0]?.removed_at, null);
  assert.deepEqual(await told(1), []);
  assert.equal((await ground.events("method.removed")).at(-1)?.account_id, account.id);
});

test("SIN-12 only where the browser may remember its choice is it told to close its windows", async () => {
  const id = await ground.beginSignIn();
  await ground.show(id, null);
  const { text } = await ground.page(id);
  assert.match(text, /Is the card in the reader/);
  assert.doesNotMatch(text, /Close all its windows/, "each sign-in has a host name of its own here");
});
