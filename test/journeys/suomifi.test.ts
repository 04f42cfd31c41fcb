import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { readEverything } from "../abuse/snapshot.ts";
import { noSimpleSamlPhp } from "../doubles/suomifi/simplesamlphp.ts";
import { openSuomifiService, type SuomifiService } from "../grounds/suomifi-service.ts";
import { describe as tell, type Visitor } from "../harness/agent.ts";

const hasSession = (visitor: Visitor) => visitor.cookies().some(({ name }) => name === "vahva_session");

describe("Suomi.fi, in whose place is SimpleSAMLphp", { skip: noSimpleSamlPhp() }, () => {
  let service: SuomifiService;
  let kunta: Organisation;
  before(async () => {
    service = await openSuomifiService();
    kunta = await service.organisation();
    const { visitor } = await service.toChoice(kunta);
    const page = await service.post(await service.passThrough(visitor, "card"), visitor);
    assert.match(page.heading, /Your account is active/, tell(page));
  });
  after(() => service?.close());

  /** Signed in here and there. */
  async function signedIn() {
    const visitor = await service.toSignIn(kunta);
    const posted = await service.passThrough(visitor, "card");
    const page = await service.post(posted, visitor);
    assert.equal(page.path, "/account", tell(page));
    return { visitor, posted };
  }

  test("ACT-5 SIN-2 activated by Suomi.fi and in again, on either node; nobody's code is in an address or on a page", async () => {
    const other = await service.organisation();
    const { visitor, email } = await service.toChoice(other);
    assert.match(visitor.page().text, /Continue to Suomi\.fi/);
    const posted = await service.passThrough(visitor, "nordea");
    const page = await service.post(posted, visitor);
    assert.match(page.heading, /Your account is active/, tell(page));
    assert.doesNotMatch(Buffer.from(posted.form.SAMLResponse ?? "", "base64").toString(), /210281/);

    const again = await service.toSignIn(other);
    const back = await service.post(await service.passThrough(again, "nordea"), again, service.origins[1]);
    assert.equal(back.path, "/account", tell(back));
    assert.match(back.text, new RegExp(email));
    assert.match(back.text, /210281-\*{4}/);
    // An id or a token may have any figures in it.
    assert.doesNotMatch(back.html.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{43}/g, ""), /9988/);
  });

  test("SIN-2 a foreigner is found by the identifier of their eID alone; who has none that is strong is refused", async () => {
    const other = await service.organisation();
    const { visitor, accountId } = await service.toChoice(other);
    const page = await service.post(await service.passThrough(visitor, "eidas"), visitor);
    assert.match(page.heading, /Your account is active/, tell(page));
    const again = await service.toSignIn(other);
    assert.equal((await service.post(await service.passThrough(again, "eidas"), again)).path, "/account");
    const bound = await service.features.identities.read(service.db, accountId);
    assert.deepEqual(bound?.identity, { country: "DE", type: "eidas", value: "DE/FI/1234567890" });

    const weak = await service.toChoice(other);
    const refused = await service.post(await service.passThrough(weak.visitor, "foreigner"), weak.visitor);
    assert.match(refused.alerts.join(), /could not be confirmed/, tell(refused));
    assert.equal(await service.features.identities.read(service.db, weak.accountId), null);
    assert.ok(!hasSession(weak.visitor));
  });

  test("SIN-11 signing out here ends the session there too, and comes back", async () => {
    const { visitor } = await signedIn();
    const page = await visitor.submit({}, "Sign out");
    assert.match(page.heading, /You are signed out/, tell(page));
    assert.match(page.path, /^\/signed-out/);
    assert.ok(!hasSession(visitor));
    await service.toSignIn(kunta, visitor);
    const there = await visitor.submit({}, "suomifi");
    assert.ok(
      there.forms.some(({ fields }) => "password" in fields),
      "it asks who they are",
    );
  });

  test("SIN-11 T60 signing out there ends our session, in a frame without our cookies, and no other's", async () => {
    const { visitor } = await signedIn();
    const other = await signedIn();
    const there = visitor
      .cookies(new URL(service.provider.url).hostname)
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
    const address = `${service.provider.url}/saml2/idp/SingleLogoutService.php?ReturnTo=${service.provider.url}/saml2/idp/metadata.php`;
    let answer = await fetch(address, { headers: { cookie: there }, redirect: "manual" });
    let asked = answer.headers.get("location") ?? "";
    for (let hops = 0; hops < 3 && asked.startsWith(service.provider.url); hops += 1) {
      answer = await fetch(asked, { headers: { cookie: there }, redirect: "manual" });
      asked = answer.headers.get("location") ?? "";
    }
    assert.ok(asked.startsWith(`${service.url}/eid/suomifi/logout?SAMLRequest=`), asked);
    assert.equal((await visitor.get("/account")).path, "/account", "not yet");

    const ended = await fetch(asked.replace(service.url, service.origins[1] ?? ""), { redirect: "manual" });
    assert.equal(ended.status, 302);
    assert.ok(ended.headers.get("location")?.startsWith(service.provider.url), "and tells so");
    assert.equal(ended.headers.get("x-frame-options"), null);
    assert.equal(ended.headers.getSetCookie().length, 0);
    for (const origin of service.origins)
      assert.match((await visitor.get(`${origin}/account`)).heading, /Sign in/, "out, on either node");
    assert.equal((await other.visitor.get("/account")).path, "/account", "another browser of the person's stays");

    const changed = asked.replace(/Signature=[^&]{8}/, "Signature=AAAAAAAA");
    for (const [what, wrong] of Object.entries({ replayed: asked, changed })) {
      const again = await fetch(wrong, { redirect: "manual" });
      assert.equal(again.status, 400, what);
      await again.arrayBuffer();
    }
    assert.equal((await other.visitor.get("/account")).path, "/account");
  });

  test("T56 A21 an answer is good once: not again, not at the other node, not after a restart or a sign-out, in no browser", async () => {
    const { visitor, posted } = await signedIn();
    await visitor.submit({}, "Sign out");
    const restarted = await service.startNode();
    try {
      const places = [...service.origins, `http://localhost:${restarted.port}`];
      for (const origin of places)
        for (const browser of [visitor, service.visitor()]) {
          const page = await service.post(posted, browser, origin);
          assert.equal(page.status, 200, tell(page));
          assert.ok(!hasSession(browser), tell(page));
          assert.match((await browser.get(`${origin}/account`)).heading, /Sign in/);
        }
    } finally {
      await restarted.close();
    }
  });

  test("T56 T44 an answer is for the request that it answers: at another's state, or in another browser, it is nobody's", async () => {
    const victim = await service.toSignIn(kunta);
    const attacker = await service.toSignIn(kunta);
    const own = await service.passThrough(victim, "nordea");
    const foreign = await service.passThrough(attacker, "card");
    const mixed = { ...foreign, form: { ...foreign.form, RelayState: own.form.RelayState ?? "" } };
    const page = await service.post(mixed, victim);
    assert.match(page.alerts.join(), /could not be confirmed/, tell(page));
    assert.ok(!hasSession(victim));

    const elsewhere = service.visitor();
    await elsewhere.get("/sign-in");
    assert.match((await service.post(foreign, elsewhere)).heading, /Sign in/);
    assert.ok(!hasSession(elsewhere));
    const [event] = await service.db
      .selectFrom("audit_event")
      .select("detail")
      .where("type", "=", "eid.refused")
      .orderBy("at", "desc")
      .orderBy("number", "desc")
      .execute();
    assert.match(JSON.stringify(event?.detail), /another-browser/);
  });

  test("T44 T77 an answer that another browser has posted is worth nothing in the one that left: nobody identifies for somebody else's page", async () => {
    const other = await service.organisation();
    const { visitor: owner, email, accountId } = await service.toChoice(other);
    await service.post(await service.passThrough(owner, "nordea"), owner);
    const before = await service.db.selectFrom("account").selectAll().where("id", "=", accountId).execute();
    const signingIn = await service.toSignIn(other);
    const lost = service.visitor();
    await lost.get(`/recover?organisation=${other.slug}`);
    await lost.submit({ email });
    await lost.submit({}, "reset");
    for (const thief of [signingIn, lost]) {
      // The owner was sent the address to which the thief's page leads, and identifies there.
      const posted = await service.passThrough(thief, "nordea");
      const lured = service.visitor();
      await lured.get("/sign-in");
      assert.match((await service.post(posted, lured)).heading, /Sign in/);
      const back = new URL(`/eid/suomifi/callback?state=${posted.form.RelayState}`, service.url);
      const page = await thief.get(back.href);
      assert.match(page.alerts.join(), /could not be confirmed/, tell(page));
      assert.ok(!hasSession(thief), tell(page));
      assert.doesNotMatch(page.path, /^\/(account|recover)/);
    }
    assert.deepEqual(await service.db.selectFrom("account").selectAll().where("id", "=", accountId).execute(), before);
  });

  test("AUD-4 T99 no table holds a code, a name or an answer of Suomi.fi's in the clear", async () => {
    const visitor = await service.toSignIn(kunta);
    const { form } = await service.passThrough(visitor, "secret");
    await service.post({ to: `${service.url}/eid/suomifi/acs`, form }, service.visitor());
    const dump = [...(await readEverything(service.db)).values()].flat().join("\n");
    const answer = form.SAMLResponse ?? "";
    const sought = ["210281-9988", "070770-905D", "010170-999R", "DE/FI/1234567890", "Müller", "Salainen", "Åke"];
    for (const text of [...sought, answer.slice(0, 60), Buffer.from(answer.slice(0, 60)).toString("hex")])
      for (const spelling of [text, Buffer.from(text).toString("hex")]) assert.ok(!dump.includes(spelling), text);
  });

  test("REC-3 T77 a reset by Suomi.fi: another person's proof changes nothing, one's own removes everything", async () => {
    const other = await service.organisation();
    const { visitor, email, accountId } = await service.toChoice(other);
    await service.post(await service.passThrough(visitor, "nordea"), visitor);
    const lost = service.visitor();
    await lost.get(`/recover?organisation=${other.slug}`);
    await lost.submit({ email });
    await lost.submit({}, "reset");
    assert.match(lost.page().text, /Needs a Finnish personal identity code/);
    const refused = await service.post(await service.passThrough(lost, "card"), lost);
    assert.match(refused.heading, /could not confirm/, tell(refused));
    await lost.submit({}, "Try again");
    const done = await service.post(await service.passThrough(lost, "nordea"), lost, service.origins[1]);
    assert.match(done.path, /^\/recover\/status\//, tell(done));
    assert.ok(!hasSession(lost));
    assert.match((await visitor.get("/account")).path, /^\/journey\//, "signed out");
    const left = await service.db
      .selectFrom("authenticator")
      .select("method")
      .where("account_id", "=", accountId)
      .where("removed_at", "is", null)
      .execute();
    assert.deepEqual(left, []);
  });
});
