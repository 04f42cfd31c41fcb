import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { minutes } from "../../src/kernel/time.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { hasSession, type Recovering, recovering } from "../grounds/recovery.ts";
import { describe, type Page } from "../harness/agent.ts";
import { makeOrganisation, messagesTo } from "../harness/people.ts";

let service: EidService;
let lost: Recovering;
let koivula: Organisation;
before(async () => {
  service = await openEidService();
  lost = recovering(service);
  koivula = await makeOrganisation(service);
});
after(() => service.close());

/** What somebody else sees, without what differs from one page to the next by chance. */
const sameFor = ({ html }: Page): string =>
  html
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replaceAll(/name="form_token" value="[^"]*"/g, "<token>")
    .replaceAll(/[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{2}/g, "<reference>");

test("REC-4 T77 T79 a namesake born on the same day is refused, nothing changes, and the owner is told, once an hour", async () => {
  const aino = await lost.account(koivula, "tero");
  const before = await lost.standing(aino.accountId);
  const attempt = async () => {
    const visitor = await lost.toProof(aino.email, { organisation: koivula });
    return service.identify(visitor, "op", "namesake");
  };
  const page = await attempt();
  assert.match(page.heading, /could not confirm that this account is yours/, describe(page));
  assert.match(page.text, /10 ?555 ?0100/, "whom to ask");
  assert.match(page.text, /Reference/, "and what to tell them");
  assert.doesNotMatch(page.html, /010170|999R|998P|Äyrämö/);
  await attempt();
  assert.deepEqual(await lost.standing(aino.accountId), before);
  const events = await service.events("recovery.refused", aino.accountId);
  assert.deepEqual(
    events.map(({ result, reason }) => `${result} ${reason}`),
    ["refused another-person", "refused another-person"],
  );
  const warnings = (count: number) => messagesTo(service, aino.email, count, /tried to reset/);
  const [warning, ...more] = await warnings(1);
  assert.match(warning?.text ?? "", /\/not-me\/[\w-]{43}/);
  assert.equal(more.length, 0);
  service.clock.advance(minutes(61));
  await attempt();
  assert.equal((await warnings(2)).length, 2);
});

test("REC-3 REC-4 REC-6 T78 nobody, never bound, expected only, another person and frozen: one answer, nothing bound or changed", async () => {
  const other = await makeOrganisation(service, "other");
  const [bound, never, expected, frozen] = [
    await lost.account(other, "korhonen"),
    await service.activatedByApp(other),
    await service.activatedByApp(other, { identityCode: "030883-925M" }),
    await lost.account(other, "makinen"),
  ];
  await service.db.updateTable("account").set({ state: "frozen" }).where("id", "=", frozen.accountId).execute();
  const all = [bound, never, expected, frozen];
  const before = await Promise.all(all.map(({ accountId }) => lost.standing(accountId)));
  const pages: string[] = [];
  for (const email of ["nobody@koivula.example", ...all.map((one) => one.email)]) {
    const visitor = await lost.toProof(email, { organisation: other });
    const page = await service.identify(visitor, "op", "makinen");
    assert.match(page.heading, /could not confirm/, `${email} ${describe(page)}`);
    assert.ok(!hasSession(visitor));
    pages.push(sameFor(page));
  }
  for (const page of pages) assert.equal(page, pages[0]);
  assert.deepEqual(await Promise.all(all.map(({ accountId }) => lost.standing(accountId))), before);
  const rows = await service.db
    .selectFrom("identity")
    .select(["account_id", "bound_at"])
    .where("account_id", "in", [never.accountId, expected.accountId])
    .execute();
  assert.ok(rows.length === 1 && rows[0]?.bound_at === null, "T78 who comes first has bound nothing");
  const reasons = await Promise.all(
    all.map(async ({ accountId }) => (await service.events("recovery.refused", accountId)).map(({ reason }) => reason)),
  );
  assert.deepEqual(reasons, [["another-person"], ["never-bound"], ["never-bound"], ["not-active"]]);
  const cases = await service.db.selectFrom("support_case").select(["account_id", "kind"]).execute();
  assert.deepEqual(
    cases.map(({ account_id, kind }) => `${account_id} ${kind}`).toSorted(),
    [`${never.accountId} not-bound`, `${expected.accountId} not-bound`].toSorted(),
    "REC-3 those go to support",
  );
});

test("REC-3 less surely than at enrolment is not enough, and says so to the person alone", async () => {
  const third = await makeOrganisation(service, "third");
  const aino = await lost.account(third, "tero");
  await service.db.updateTable("identity").set({ level: "high" }).where("account_id", "=", aino.accountId).execute();
  const before = await lost.standing(aino.accountId);
  const visitor = await lost.toProof(aino.email, { organisation: third });
  const page = await service.identify(visitor, "op", "tero");
  assert.match(page.alerts.join(), /not strong enough/, describe(page));
  assert.deepEqual(await lost.standing(aino.accountId), before);
  assert.equal((await service.events("recovery.refused", aino.accountId))[0]?.reason, "too-weak");
});

test("REC-3 cancelled, forged or an old authentication: nothing changes, and it goes on", async () => {
  const fourth = await makeOrganisation(service, "fourth");
  const aino = await lost.account(fourth, "virtanen");
  const before = await lost.standing(aino.accountId);
  const visitor = await lost.toProof(aino.email, { organisation: fourth });
  assert.match((await service.identify(visitor, "op", { cancel: true })).alerts.join(), /was cancelled/);
  for (const idToken of ["stale-auth-time", "signed-by-a-stranger"] as const) {
    service.broker("op").answerNext({ idToken });
    const page = await service.identify(visitor, "op", "virtanen");
    assert.match(page.alerts.join(), /could not be confirmed/, `${idToken} ${describe(page)}`);
  }
  assert.deepEqual(await lost.standing(aino.accountId), before);
  assert.match((await service.identify(visitor, "op", "virtanen")).path, /^\/recover\/status\//);
});

test("POL-1 REC-3 only by services of the account's category, whatever the category of what was typed", async () => {
  const services = { staff: ["telia"], student: ["op"] };
  const fifth = await makeOrganisation(service, "fifth", {
    emailCategories: { "student.koivula.example": "student" },
    policy: { recovery: { services } },
  });
  const aino = await lost.account(fifth, "korhonen");
  const visitor = await lost.toProof(aino.email, { organisation: fifth });
  assert.doesNotMatch(visitor.page().html, /value="op /);
  // Typed without the organisation, so every service is offered.
  const anywhere = await lost.toProof(aino.email);
  const page = await service.identify(anywhere, "op", "korhonen");
  assert.match(page.alerts.join(), /does not accept that service/, describe(page));
  assert.equal((await lost.standing(aino.accountId)).resets, 0);
  assert.match((await service.identify(anywhere, "telia", "korhonen")).path, /^\/recover\/status\//);
});
