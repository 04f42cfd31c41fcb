import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { days } from "../../src/kernel/time.ts";
import { type Forgery, forgeries } from "../doubles/ftn-broker/forgeries.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { describe, type Page, type Visitor } from "../harness/agent.ts";
import { makeOrganisation } from "../harness/people.ts";
import { startService } from "../harness/service.ts";

let service: EidService;
before(async () => {
  service = await openEidService();
});
after(() => service.close());

let count = 0;
const organisation = (policy: object = {}): Promise<Organisation> => {
  count += 1;
  return makeOrganisation(service, `org-${count}`, { policy });
};
const startOf = ({ slug }: Organisation) => `/sign-in?organisation=${slug}&to=account`;
const hasSession = (visitor: Visitor) => visitor.cookies().some(({ name }) => name === "vahva_session");

async function change({ slug }: Organisation, policy: object): Promise<void> {
  const changed = await service.features.organisations.changeOrganisation(slug, { policy }, { actor: "operator" });
  assert.ok(typeof changed === "object" && "organisation" in changed, JSON.stringify(changed));
}

/** Everything that an identification may leave behind. Sessions that have run out are forgotten at any time. */
async function left() {
  const { db, clock } = service;
  const all = [
    await db.selectFrom("identity").select(["account_id", "bound_at"]).orderBy("account_id").execute(),
    await db.selectFrom("authenticator").select("id").orderBy("id").execute(),
    await db.selectFrom("session").select("uid").where("expires_at", ">", clock.now()).orderBy("uid").execute(),
  ];
  return JSON.stringify(all);
}

function isWayOn(page: Page, visitor: Visitor, what: string): void {
  assert.equal(page.status, 200, `${what} ${describe(page)}`);
  assert.ok(page.url.startsWith(service.url) && page.forms.length > 0, `${what} ${describe(page)}`);
  assert.ok(!hasSession(visitor), what);
}

test("T46 T47 T48 no forged, foreign, weak or stale token binds anybody or signs anybody in; each ends on a page with a way on", async () => {
  const koivula = await organisation();
  await service.activated(koivula, "tero");
  // What signed until now signs no more.
  await service.broker("telia").rotateKeys({ overlap: false });
  service.clock.advance(days(2));
  const renewed = await service.toSignIn(startOf(koivula));
  assert.equal((await service.identify(renewed, "telia", "tero")).path, "/account");
  const invited = await service.toChoice(koivula);
  const signingIn = await service.toSignIn(startOf(koivula));
  const before = await left();
  for (const forgery of Object.keys(forgeries) as Forgery[] /* the keys are of their type */) {
    for (const [visitor, person] of [
      [signingIn, "tero"],
      [invited.visitor, "vaino"],
    ] as const) {
      await service.leaveFor(visitor, "telia");
      service.broker("telia").answerNext({ idToken: forgery });
      const page = await visitor.get(await service.answerAt(visitor, { person }));
      isWayOn(page, visitor, forgery);
      assert.match(page.alerts.join(), /could not be confirmed/, forgery);
      assert.match(page.heading, /Choose your bank/, forgery);
    }
  }
  assert.equal(await left(), before);
  const { log } = service.broker("telia");
  assert.ok(
    log.every(({ at }) => at !== "elsewhere"),
    "where a token pointed, nobody went",
  );
  assert.ok(
    log.some(({ claims }) => String(claims?.max_age) === "0"),
    "a fresh authentication was asked for",
  );
  assert.equal((await service.identify(signingIn, "telia", "tero")).path, "/account");
  assert.match((await service.identify(invited.visitor, "telia", "vaino")).heading, /Your account is active/);
});

test("T47 A17 an identification below the organisation's level is refused at activation and sign-in, one that reaches it is not", async () => {
  const koivula = await organisation({ eid: { level: "high" } });
  const invited = await service.toChoice(koivula);
  for (const name of ["telia", "op"] as const) {
    const page = await service.identify(invited.visitor, name, "tero");
    isWayOn(page, invited.visitor, name);
    assert.match(page.alerts.join(), /not strong enough/);
  }
  assert.match((await service.identify(invited.visitor, "telia", "vaino")).heading, /Your account is active/);

  const lenient = await organisation();
  await service.activated(lenient, "tero");
  const halfWay = await service.toSignIn(startOf(lenient));
  await service.leaveFor(halfWay, "telia");
  await change(lenient, { eid: { level: "high" } });
  const page = await halfWay.get(await service.answerAt(halfWay, { person: "tero" }));
  isWayOn(page, halfWay, "raised while at the bank");
  assert.match(page.alerts.join(), /not strong enough/);
});

test("T47 in production the test network's levels vouch for nobody", async () => {
  const koivula = await organisation();
  await service.activated(koivula, "tero");
  const { databaseUrl, clock, senders, url } = service;
  const env = { ...senders.env, VAHVA_PUBLIC_URL: url };
  const production = await startService({ env, databaseUrl, clock });
  try {
    const at = `http://localhost:${production.port}`;
    const visitor = await service.toSignIn(at + startOf(koivula));
    await service.leaveFor(visitor, "op");
    const back = await service.answerAt(visitor, { person: "tero" });
    const page = await visitor.get(back.replace(url, at));
    assert.match(page.alerts.join(), /could not be confirmed/, describe(page));
    assert.ok(!hasSession(visitor));
  } finally {
    await production.close();
  }
});

test("T49 A19 the same name and date of birth under another code never link, and tell nothing of the account there is", async () => {
  const koivula = await organisation();
  const { email } = await service.activated(koivula, "tero", { givenName: "Tero Testi", familyName: "Äyrämö" });
  const invited = await service.toChoice(koivula, { givenName: "Tero", familyName: "Äyrämö" });
  const pages = [];
  for (const [name, person] of [
    ["telia", "namesake"],
    ["op", "namesake"],
    ["telia", "makinen"],
  ] as const) {
    const visitor = await service.toSignIn(startOf(koivula));
    const page = await service.identify(visitor, name, person);
    isWayOn(page, visitor, person);
    assert.match(page.heading, /No account is linked to you yet/);
    assert.ok(![email, invited.email, "Äyrämö", "Tero"].some((word) => page.html.includes(word)));
    pages.push(page.text);
  }
  assert.equal(new Set(pages).size, 1, "whoever it is");

  const expecting = await service.toChoice(koivula, { identityCode: "010170-999R" });
  const page = await service.identify(expecting.visitor, "telia", "namesake");
  assert.match(page.heading, /This invitation is for another person/);
  assert.ok(!page.html.includes("Äyrämö"));
});

test("T51 POL-1 a bank signs nobody in where their organisation asks for another method or a stronger one", async () => {
  for (const policy of [{ methods: { staff: { permitted: ["totp"] } } }, { minimumStrength: 3 }]) {
    const koivula = await organisation();
    await service.activated(koivula, "korhonen");
    await change(koivula, policy);
    // Whose account it is, and so what is asked, is known only after the bank.
    const visitor = await service.toSignIn("/sign-in?to=account");
    const page = await service.identify(visitor, "telia", "korhonen");
    isWayOn(page, visitor, JSON.stringify(policy));
    assert.match(page.heading, /You can’t sign in this way|A stronger way to sign in is needed/);
    assert.match((await visitor.get("/account")).heading, /Sign in/);
    await service.db.updateTable("organisation").set({ state: "closed" }).where("id", "=", koivula.id).execute();
  }
});

test("T51 an organisation that has closed signs nobody in by their bank", async () => {
  const koivula = await organisation();
  await service.activated(koivula, "virtanen");
  const halfWay = await service.toSignIn(startOf(koivula));
  await service.leaveFor(halfWay, "telia");
  const closing = { state: "closed" };
  await service.features.organisations.changeOrganisation(koivula.slug, closing, { actor: "operator" });
  const page = await halfWay.get(await service.answerAt(halfWay, { person: "virtanen" }));
  isWayOn(page, halfWay, "closed");
});
