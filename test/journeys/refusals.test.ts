import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeVisitor } from "../harness/agent.ts";
import { activatedAccount, makeOrganisation, rightPassword } from "../harness/people.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";

let service: Service;
before(async () => {
  service = await startService({ clock: movableClock() });
});
after(() => service.close());

test("SIN-12 POL-3 who can't go on is told why, whom to ask, and a reference that the audit knows", async () => {
  const organisation = await makeOrganisation(service);
  const { email, accountId } = await activatedAccount(service, organisation);
  const visitor = makeVisitor(service.url);
  await visitor.get("/sign-in?organisation=koivula");
  const forbidden = { policy: { methods: { staff: { permitted: [] }, guest: { permitted: ["totp"] } } } };
  await service.features.organisations.changeOrganisation("koivula", forbidden, { actor: "operator" });

  const page = await visitor.submit({ username: email, password: rightPassword });
  assert.match(page.heading, /You can’t sign in this way/);
  assert.match(page.text, /User support \+358/);
  const reference = /Reference ([0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{2})/.exec(page.text)?.[1] ?? "";
  const events = await service.features.audit.findByReference(service.db, reference);
  const refused = events.find(({ type }) => type === "journey.refused");
  assert.equal(refused?.accountId, accountId);
  assert.equal(refused?.detail.reason, "no-method");
  assert.equal((await visitor.get("/account")).path.startsWith("/journey/"), true, "nobody is signed in");
});
