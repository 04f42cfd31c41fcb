import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { hasSession, type Recovering, recovering } from "../grounds/recovery.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { makeOrganisation, rightPassword } from "../harness/people.ts";

let service: EidService;
let lost: Recovering;
let koivula: Organisation;
let aino: Awaited<ReturnType<Recovering["account"]>>;
before(async () => {
  service = await openEidService();
  lost = recovering(service);
  koivula = await makeOrganisation(service);
  aino = await lost.account(koivula, "tero");
});
after(() => service.close());

/** Every step that there is, by the source: a new one is tried here without being named. */
const kinds = [
  ...globSync("src/features/**/*.ts").flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\bkind: "([a-z-]+)",\s+amr:/g)].map(([, kind]) => kind ?? ""),
  ),
  "identity-proofed",
  "choose",
  "continue",
  "give-up",
  "finish",
  "",
];

for (const kind of ["password", "totp", "totp-link", "eid-link", "new-password", "recovery-way"])
  assert.ok(kinds.includes(kind), `the source tells of ${kind}`);

/** What somebody posts who has the pages' source, and a victim's name and password, but not their identity. */
const forms = (): readonly Record<string, string>[] => [
  {},
  {
    way: "reset",
    account: aino.accountId,
    username: aino.email,
    password: rightPassword,
    new_password: "uusi salasana aivan itse",
    code: "000000",
    pin: "000000",
    method: "totp",
    again: "asked",
    document: "continue",
    proof: "identity-proofed",
    proofs: "recovery-way,identity-proofed",
    state: "A".repeat(43),
  },
  { way: "\u0000", account: "' or 1=1", means: "op", again: "ways", method: "constructor", step2: "finish" },
];

type State = Readonly<{ name: string; heading: RegExp; enter(): Promise<Visitor> }>;

const states: readonly State[] = [
  {
    name: "the choice of ways",
    heading: /What happened/,
    enter: () => lost.toWays(aino.email, { organisation: koivula }),
  },
  { name: "the same, no organisation known", heading: /What happened/, enter: () => lost.toWays(aino.email) },
  {
    name: "the choice of services",
    heading: /Prove who/,
    enter: () => lost.toProof(aino.email, { organisation: koivula }),
  },
  {
    name: "on the way to a service",
    heading: /Prove who/,
    enter: async () => {
      const visitor = await lost.toProof(aino.email, { organisation: koivula });
      const { url } = visitor.page();
      await service.leaveFor(visitor, "op");
      await visitor.get(url);
      return visitor;
    },
  },
  {
    name: "proved to be another person",
    heading: /could not confirm/,
    enter: async () => {
      const visitor = await lost.toProof(aino.email, { organisation: koivula });
      await service.identify(visitor, "op", "namesake");
      return visitor;
    },
  },
  {
    name: "cancelled at the service",
    heading: /Prove who/,
    enter: async () => {
      const visitor = await lost.toProof(aino.email, { organisation: koivula });
      await service.identify(visitor, "op", { cancel: true });
      return visitor;
    },
  },
];

/** A journey's id and the form's token, as they stand on the page. */
const placeOf = (visitor: Visitor) => {
  const { url, forms: found } = visitor.page();
  return { url, token: found.find(({ fields }) => fields.form_token)?.fields.form_token ?? "" };
};

for (const { name, heading, enter } of states)
  test(`REC-3 REC-7 T76 ${name}: no step, posted or in the address, empty or forged, in another tab or anew, ends it`, async () => {
    const before = await lost.standing(aino.accountId);
    let visitor = await enter();
    let place = placeOf(visitor);
    for (const step of kinds)
      for (const form of forms()) {
        const what = `${name}: ${step} ${JSON.stringify(form)}`;
        await visitor.post(place.url, { form_token: place.token, step, ...form });
        const page = visitor.page();
        assert.ok(page.status < 500, `${what} ${describe(page)}`);
        assert.ok(!hasSession(visitor), what);
        assert.doesNotMatch(page.path, /\/recover\/status\//, what);
        await visitor.get(`${place.url}?${new URLSearchParams({ ...form, step })}`);
        if (!heading.test(visitor.page().heading)) {
          visitor = await enter();
          place = placeOf(visitor);
        }
      }
    // The addresses that a proof comes back to and that a reset has, without either.
    const state = "A".repeat(43);
    for (const path of [
      `/eid/op/callback?state=${state}&code=x`,
      `/eid/op/callback?code=x`,
      `/eid/telia/callback?state=${state}&error=access_denied`,
      `/recover/status/${state}`,
    ])
      assert.ok((await visitor.get(new URL(path, service.url).href)).status < 500, path);
    await visitor.get(`${service.url}/recover`);
    for (const path of [`/recover/status/${state}/link`, `/recover/status/${state}/pass`, "/recover/support"])
      await visitor.post(path, { form_token: placeOf(visitor).token, job: "1" });
    assert.ok(!hasSession(visitor));
    assert.deepEqual(await lost.standing(aino.accountId), before, `${name}: nothing has changed`);
  });

test("REC-7 linking anew is no way in either: nothing but a code of the app that is linked ends it, and no step skips that", async () => {
  const koskela = await makeOrganisation(service, "koskela");
  const owner = await lost.account(koskela, "korhonen");
  const visitor = await lost.reset(owner.email, "korhonen", { organisation: koskela });
  await visitor.submit({}, "Link a new");
  const place = placeOf(visitor);
  const before = await lost.standing(owner.accountId);
  for (const step of kinds)
    for (const form of forms()) {
      await visitor.post(place.url, { form_token: place.token, step, ...form });
      assert.ok(!hasSession(visitor), step);
      assert.ok(visitor.page().status < 500, `${step} ${describe(visitor.page())}`);
      assert.doesNotMatch(visitor.page().heading, /is linked/, step);
    }
  assert.deepEqual(await lost.standing(owner.accountId), before);

  // The same address and token in another browser, and after the owner's own later reset.
  const stranger = makeVisitor(service.url);
  await stranger.get("/recover");
  await stranger.post(place.url, { form_token: placeOf(stranger).token, step: "choose", method: "totp" });
  assert.doesNotMatch(stranger.page().html, /class="key"/);
  await lost.reset(owner.email, "korhonen", { organisation: koskela });
  await visitor.get(place.url);
  assert.equal(visitor.page().status, 410);
  await visitor.post(place.url, { form_token: place.token, step: "totp-link", code: "000000" });
  assert.deepEqual((await lost.standing(owner.accountId)).methods, ["password"]);
});
