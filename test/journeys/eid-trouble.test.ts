import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { decodeProtectedHeader } from "jose";
import { categories, type Organisation } from "../../src/features/organisations/index.ts";
import { days, minutes } from "../../src/kernel/time.ts";
import type { Switches } from "../doubles/ftn-broker/switches.ts";
import { type BrokerName, known } from "../grounds/eid-brokers.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { describe, type Visitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { makeOrganisation, rightPassword } from "../harness/people.ts";
import { runCommand } from "../harness/service.ts";

let service: EidService;
let koivula: Organisation;
let aino: Awaited<ReturnType<EidService["activatedByApp"]>>;
before(async () => {
  service = await openEidService();
  koivula = await makeOrganisation(service);
  [aino] = await Promise.all([service.activatedByApp(koivula), service.activated(koivula, "tero")]);
});
after(() => service.close());

const start = () => `/sign-in?organisation=${koivula.slug}&to=account`;

/** Ends in the same journey by the other method that the page offers. */
async function goOnByApp(visitor: Visitor): Promise<void> {
  await visitor.submit({}, "Try another way");
  await visitor.submit({}, "totp");
  await visitor.submit({ username: aino.email, password: rightPassword });
  const page = await visitor.submit({ code: await aino.phone.code() });
  assert.equal(page.path, "/account", describe(page));
}

type Ending = Readonly<{ result: "cancelled" | "unavailable" | "refused"; says: RegExp; reason?: string }>;

/** To the broker and back with `next` going wrong there: a page with other ways, a metric, an audit row, nobody signed in. */
async function endsWith(name: BrokerName, next: Partial<Switches> | "cancel", { result, says, reason }: Ending) {
  const what = `${name} ${JSON.stringify(next)}`;
  const before = await service.counted(name, result);
  const visitor = await service.toSignIn(start());
  const { path } = visitor.page();
  if (next !== "cancel") service.broker(name).answerNext(next);
  const page = await service.identify(visitor, name, next === "cancel" ? { cancel: true } : "tero");
  assert.deepEqual([page.status, page.path], [200, path], what);
  assert.match(page.alerts.join(), says, what);
  assert.match(page.heading, /Choose your bank/, what);
  assert.ok(!visitor.cookies().some((cookie) => cookie.name === "vahva_session"), what);
  assert.equal(await service.counted(name, result), before + 1, what);
  const event = (await service.events(`eid.${result}`)).find(({ broker }) => broker === name);
  assert.equal(event?.result, "refused", what);
  if (reason) assert.equal(event?.reason, reason, what);
  return visitor;
}

const cancelled = { result: "cancelled", says: /was cancelled or did not succeed/ } as const;
const unavailable = (title: string, reason?: string) =>
  ({ result: "unavailable", says: new RegExp(`${title} is not available`), ...(reason && { reason }) }) as const;
const refused = { result: "refused", says: /could not be confirmed/ } as const;

test("SIN-2 SIN-12 who cancels at the bank of any broker is told so, and goes on by another method", async () => {
  for (const name of ["telia", "op", "generic"] as const) await endsWith(name, "cancel", cancelled);
  await goOnByApp(await endsWith("telia", "cancel", cancelled));
});

test("T52 a broker that fails, hangs, drips or talks nonsense: a page in time, counted, audited, other methods go on", async () => {
  const telia = unavailable("Telia Tunnistus");
  const fast = async () => {
    for (const trouble of ["http-500", "maintenance", "bad-json", "huge-body", "reset", "redirect"] as const)
      await endsWith("telia", { token: trouble }, telia);
    await goOnByApp(await endsWith("telia", { back: "server_error" }, telia));
    await endsWith("telia", { back: "invalid_request" }, { ...telia, reason: "broker-refused-us" });
    await endsWith("telia", { back: "no-code" }, { ...refused, reason: "no-code" });
    await goOnByApp(await endsWith("telia", { idToken: "signed-by-a-stranger" }, refused));
    const visitor = await service.toSignIn(start());
    assert.equal((await service.identify(visitor, "telia", "tero")).path, "/account", "and all is well again");
  };
  await Promise.all([
    fast(),
    endsWith("op", { token: "hang" }, unavailable("OP Tunnistus", "broker-slow")),
    endsWith("generic", { token: "slow-drip" }, unavailable("Third Broker", "broker-slow")),
  ]);
});

test("T52 SIN-12 what a broker says of a disturbance stands above the choice, and its list is not needed", async () => {
  service.clock.advance(minutes(20));
  service.broker("telia").announce("Huoltokatko klo 2–4");
  service.broker("op").answerNext({ selector: "http-500" });
  const visitor = await service.toSignIn(start());
  // What is kept is shown at once; the next page has what was read behind it.
  await eventually(async () => assert.match((await visitor.get(visitor.page().path)).text, /Huoltokatko klo 2–4/));
  assert.match(visitor.page().text, /Disturbance notice: Telia Tunnistus/);
  assert.match(visitor.page().text, /Continue to OP Tunnistus You choose there/, "instead of its banks");
  service.broker("telia").announce(null);
  service.clock.advance(minutes(2));
});

/** At the brokers' pages, one for each node. */
const twoAt = async (name: BrokerName) => {
  const visitors = [await service.toSignIn(start()), await service.toSignIn(start())] as const;
  for (const visitor of visitors) await service.leaveFor(visitor, name);
  return visitors;
};

/** Both come back, each to a node of their own. */
const comeBack = (visitors: readonly Visitor[]) =>
  Promise.all(
    visitors.map(async (visitor, at) => {
      const back = await service.answerAt(visitor, { person: "tero" });
      return visitor.get(back.replace(service.url, service.origins[at] ?? ""));
    }),
  );

test("T50 a broker that is closed while people are there counts for nobody, on either node, and is offered by neither", async () => {
  const visitors = await twoAt("op");
  await runCommand(service, "eid", "close", "op");
  for (const page of await comeBack(visitors)) {
    assert.match(page.alerts.join(), /has just been switched off/, describe(page));
    assert.match(page.heading, /Choose your bank/);
  }
  for (const visitor of visitors) assert.ok(!visitor.cookies().some(({ name }) => name === "vahva_session"));
  for (const origin of service.origins)
    await eventually(async () => {
      const { html } = (await service.toSignIn(`${origin}/sign-in`)).page();
      assert.ok(!html.includes(known.op.press) && html.includes(known.telia.press));
    });
  await runCommand(service, "eid", "open", "op");
  for (const origin of service.origins)
    await eventually(async () => {
      const { html } = (await service.toSignIn(`${origin}/sign-in`)).page();
      assert.ok(html.includes(known.op.press));
    });
  const [one] = await twoAt("op");
  assert.equal((await comeBack([one]))[0]?.path, "/account");
});

test("T50 POL-3 a method or a broker that an organisation forbids while people are at the bank is refused on both nodes", async () => {
  const change = async (policy: object) => {
    const by = { actor: "operator" } as const;
    const changed = await service.features.organisations.changeOrganisation(koivula.slug, { policy }, by);
    assert.ok(typeof changed === "object" && "organisation" in changed, JSON.stringify(changed));
  };
  const toOp = await twoAt("op");
  await change({ eid: { brokers: ["telia"] } });
  for (const page of await comeBack(toOp)) assert.match(page.alerts.join(), /has just been switched off/);
  await change({ eid: { brokers: null } });

  const visitors = await twoAt("telia");
  const forAll = (rules: object | null) =>
    change({ methods: Object.fromEntries(categories.map((each) => [each, rules])) });
  await forAll({ permitted: ["totp"] });
  for (const page of await comeBack(visitors)) {
    assert.equal(page.status, 200);
    assert.ok(page.path.startsWith("/journey/"), describe(page));
    assert.ok(page.forms.length > 0, "a way on");
    assert.match(page.alerts.join(), /That sign-in method can’t be used here now/);
    assert.match(page.text, /Reference [0-9A-Z]{3}-/);
  }
  const told = await service.events("method.refused");
  assert.deepEqual(
    told.map(({ result, reason }) => `${result} ${reason}`),
    ["refused not-offered", "refused not-offered"],
  );
  for (const visitor of [...toOp, ...visitors])
    assert.ok(!visitor.cookies().some(({ name }) => name === "vahva_session"));
  await forAll(null);
});

test("OPS-5 our keys towards brokers rotate while people are half-way, whether brokers have read the new ones or not", async () => {
  const signedBy = (visitor: Visitor) => {
    const { kid } = decodeProtectedHeader(new URL(visitor.page().url).searchParams.get("request") ?? "");
    return kid;
  };
  await service.brokersKeepOurKeys(true);
  const halfWay = await twoAt("telia");
  const before = signedBy(halfWay[0]);
  await runCommand(service, "keys", "rotate", "--use", "enc");
  await runCommand(service, "keys", "rotate", "--use", "sig");
  service.clock.advance(minutes(3));
  for (const page of await comeBack(halfWay)) assert.equal(page.path, "/account", "encrypted to the key before");
  const later = await twoAt("op");
  assert.equal(signedBy(later[0]), before);
  for (const page of await comeBack(later)) assert.equal(page.path, "/account", "the broker knows the old keys only");

  service.clock.advance(days(2));
  await service.brokersKeepOurKeys(false);
  const anew = await twoAt("telia");
  assert.notEqual(signedBy(anew[0]), before);
  for (const page of await comeBack(anew)) assert.equal(page.path, "/account", "the new ones");
});

test("OPS-5 T46 a broker's keys rotate while people are half-way; a key that it has withdrawn signs nobody in", async () => {
  for (const overlap of [true, false]) {
    const visitors = await twoAt("generic");
    await service.broker("generic").rotateKeys({ overlap });
    for (const page of await comeBack(visitors)) assert.equal(page.path, "/account", `overlap ${overlap}`);
    service.clock.advance(minutes(2));
  }
  await endsWith("generic", { idToken: "retired-key" }, refused);
});
