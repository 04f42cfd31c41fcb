import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { days } from "../../src/kernel/time.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { describe, type Page, type Visitor } from "../harness/agent.ts";
import { makeOrganisation } from "../harness/people.ts";

let service: EidService;
let koivula: Organisation;
before(async () => {
  service = await openEidService();
  koivula = await makeOrganisation(service);
  for (const person of ["tero", "korhonen"]) await service.activated(koivula, person);
});
after(() => service.close());

const start = () => `/sign-in?organisation=${koivula.slug}&to=account`;
const hasSession = (visitor: Visitor) => visitor.cookies().some(({ name }) => name === "vahva_session");

/** Somebody at a broker's page, and where that would lead them back to. */
async function atBroker(name: "telia" | "op" | "generic", person: string, path = start()) {
  const visitor = await service.toSignIn(path);
  await service.leaveFor(visitor, name);
  return { visitor, back: await service.answerAt(visitor, { person }) };
}

/** How often codes were redeemed at a broker. */
const redeemed = (name: "telia" | "op" | "generic") =>
  service.broker(name).log.filter(({ at, refused }) => at === "token" && refused === null).length;

/** A page that somebody can go on from, with nobody signed in. */
function isWayOn(page: Page, visitor: Visitor): void {
  assert.equal(page.status, 200, describe(page));
  assert.ok(service.origins.includes(new URL(page.url).origin) && page.forms.length > 0, describe(page));
  assert.ok(!hasSession(visitor), describe(page));
}

test("T44 an attacker's answer signs in no other browser: without cookies, with its own, or on its own way to a bank", async () => {
  const attacker = await atBroker("telia", "korhonen");
  const onTheWay = (await atBroker("telia", "tero")).visitor;
  const looking = service.visitor();
  await looking.get("/sign-in");
  const before = redeemed("telia");
  for (const victim of [service.visitor(), looking, onTheWay])
    for (const origin of service.origins) {
      const page = await victim.get(attacker.back.replace(service.url, origin));
      isWayOn(page, victim);
      assert.match(page.heading, /Sign in/);
    }
  assert.equal(redeemed("telia"), before, "the code was not even asked for");
  const events = await service.events("eid.refused");
  assert.equal(events.filter(({ reason }) => reason === "another-browser").length, 6);
  assert.equal((await attacker.visitor.get(attacker.back)).path, "/account", "and its own browser goes on");
});

test("T44 a state counts once, on whichever node, and a second or unknown one leads on", async () => {
  const { visitor, back } = await atBroker("telia", "tero");
  const before = redeemed("telia");
  const [first, second] = service.origins.map((origin) => back.replace(service.url, origin)) as [string, string];
  const both = await Promise.all([visitor.get(first), visitor.get(second)]);
  assert.ok(both.every(({ status }) => status === 200));
  assert.equal(redeemed("telia"), before + 1);
  assert.equal((await visitor.get(first)).path, "/account", "it is signed in, and stays so");

  const stranger = service.visitor();
  const unknown = back.replace(/state=[\w-]+/, `state=${"A".repeat(43)}`);
  for (const address of [first, unknown, back.split("?")[0] ?? "", `${back.split("?")[0]}?code=x`])
    isWayOn(await stranger.get(address), stranger);
});

test("A16 states swapped between two tabs are refused, and each tab's own is the right person's", async () => {
  const visitor = await service.toSignIn(start());
  const first = visitor.page();
  await service.leaveFor(visitor, "telia");
  const one = new URL(await service.answerAt(visitor, { person: "tero" }));
  await service.toSignIn(start(), visitor);
  assert.notEqual(visitor.page().path, first.path);
  await service.leaveFor(visitor, "telia");
  const other = new URL(await service.answerAt(visitor, { person: "korhonen" }));

  const swapped = (to: URL, from: URL) => {
    const url = new URL(to);
    url.searchParams.set("code", from.searchParams.get("code") ?? "");
    return url.href;
  };
  const pages = [await visitor.get(swapped(one, other)), await visitor.get(swapped(other, one))];
  for (const page of pages) {
    isWayOn(page, visitor);
    assert.match(page.alerts.join(), /could not be confirmed/);
  }
  for (const name of ["tero", "korhonen"]) {
    const again = await service.toSignIn(start());
    await service.leaveFor(again, "telia");
    assert.equal((await again.get(await service.answerAt(again, { person: name }))).path, "/account");
  }
});

test("T45 an answer of one broker at another's address goes to neither, and its own address still takes it", async () => {
  const { visitor, back } = await atBroker("telia", "tero");
  const before = [redeemed("telia"), redeemed("op"), redeemed("generic")];
  for (const name of ["op", "generic", "nobody"])
    isWayOn(await visitor.get(back.replace("/eid/telia/", `/eid/${name}/`)), visitor);
  assert.deepEqual([redeemed("telia"), redeemed("op"), redeemed("generic")], before);
  assert.equal((await visitor.get(back)).path, "/account");
});

test("T45 an answer that names another issuer, or none where one is promised, is refused before its code is used", async () => {
  const before = [redeemed("telia"), redeemed("generic")];
  for (const wrong of ["other-iss", "no-iss"] as const) {
    const visitor = await service.toSignIn(start());
    await service.leaveFor(visitor, "generic");
    service.broker("generic").answerNext({ back: wrong });
    const page = await visitor.get(await service.answerAt(visitor, { person: "tero" }));
    isWayOn(page, visitor);
    assert.match(page.alerts.join(), /could not be confirmed/, wrong);
  }
  const { visitor, back } = await atBroker("telia", "tero");
  isWayOn(await visitor.get(`${back}&iss=${encodeURIComponent(service.broker("generic").issuer)}`), visitor);
  assert.deepEqual([redeemed("telia"), redeemed("generic")], before);
  const reasons = (await service.events("eid.refused")).slice(0, 3).map(({ reason }) => reason);
  assert.deepEqual(reasons, ["issuer-differs", "issuer-missing", "issuer-differs"]);
});

test("T45 a broker whose metadata names another issuer is not gone to", async () => {
  service.clock.advance(days(2)); // what is kept of it is too old
  const visitor = await service.toSignIn(start());
  service.broker("generic").answerNext({ discovery: "other-issuer" });
  const page = await visitor.submit({}, "generic fi-aktia");
  isWayOn(page, visitor);
  assert.match(page.alerts.join(), /Third Broker is not available/);
});

test("T44 T52 whatever is sent to a broker's addresses gets a clear answer, and changes nothing", async () => {
  const state = "A".repeat(43);
  const long = "x".repeat(9000);
  const odd = [
    "nobody",
    "%00",
    "telia%00",
    "..%2f",
    "%2e%2e",
    "%ff",
    "%ED%A0%80",
    "TELIA",
    "telia%20",
    "__proto__",
    "%0d%0aX:y",
  ];
  const queries = [
    "",
    `?state=${state}`,
    `?state=${state}&state=${state}&code=x&code=y`,
    `?state[a]=${state}`,
    "?state=%00",
    "?state=%00&code=%00&error=%00",
    `?state=${long}&code=x`,
    `?error=${long}`,
    "?__proto__=x&constructor=y",
    `?SAMLRequest=x&RelayState=${state}&SigAlg=x&Signature=x`,
    `?SAMLResponse=%00&RelayState=%00`,
    `?lang=%00`,
  ];
  const bodies = [
    {},
    { RelayState: state, SAMLResponse: "x" },
    { RelayState: "\0", SAMLResponse: "\0" },
    { RelayState: state, SAMLResponse: "\0" },
    { RelayState: long, SAMLResponse: long },
    { RelayState: state, SAMLResponse: "x".repeat(500_000) },
  ];
  const visitor = service.visitor();
  await visitor.get("/sign-in");
  const cookie = visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  const sent: [string, RequestInit][] = [];
  for (const name of ["telia", ...odd]) {
    for (const page of ["callback", "acs", "logout", "metadata", ""])
      for (const query of queries) sent.push([`/eid/${name}/${page}${query}`, {}]);
    for (const body of bodies) sent.push([`/eid/${name}/acs`, { method: "POST", body: new URLSearchParams(body) }]);
    sent.push([`/eid/${name}/acs`, { method: "POST", body: "{", headers: { "content-type": "application/json" } }]);
  }
  for (const [address, init] of sent)
    for (const sender of [{}, { cookie }]) {
      const answer = await fetch(service.url + address, {
        redirect: "manual",
        ...init,
        headers: { ...sender, ...init.headers },
      });
      const text = await answer.text();
      const what = `${init.method ?? "GET"} ${address.slice(0, 80)} ${answer.status}`;
      assert.ok(answer.status >= 200 && answer.status < 500, `${what} ${text.slice(0, 200)}`);
      const isPost = init.method === "POST";
      assert.ok(!isPost || !/json/.test(answer.headers.get("content-type") ?? ""), `${what}: a person's browser`);
      const leadsTo = answer.headers.get("location");
      assert.ok(leadsTo === null || leadsTo.startsWith("/"), `${what} ${leadsTo}`);
      assert.ok(leadsTo === null || !leadsTo.startsWith("//"), `${what} ${leadsTo}`);
      assert.ok(!answer.headers.getSetCookie().some((each) => each.includes("vahva_session=")), what);
    }
});
