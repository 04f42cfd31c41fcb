import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { hours } from "../../src/kernel/time.ts";
import { type EidService, openEidService } from "../grounds/eid-service.ts";
import { type Recovering, recovering } from "../grounds/recovery.ts";
import { describe, makeVisitor } from "../harness/agent.ts";
import { makeOrganisation } from "../harness/people.ts";

let service: EidService;
let lost: Recovering;
before(async () => {
  service = await openEidService();
  lost = recovering(service);
});
after(() => service.close());

test("REC-6 what is offered follows from the organisation, which the address' domain tells too, and never from accounts", async () => {
  await makeOrganisation(service, "kuusi", {
    name: { en: "Spruce" },
    emailCategories: { "kuusi.example": "staff", "partner.example": "guest", "kuusi.partner.example": "external" },
    policy: { recovery: { services: { external: [] } } },
  });
  const offered = async (email: string) => {
    const { html, text } = (await lost.toWays(email)).page();
    const ways = [...html.matchAll(/name="way" value="(\w+)"/g)].map(([, way]) => way).join(" ");
    return `${text.includes("Spruce") ? "Spruce: " : ""}${ways}`;
  };
  assert.equal(await offered("nobody@kuusi.example"), "Spruce: password reset support");
  assert.equal(await offered("nobody@it.kuusi.example"), "Spruce: password reset support");
  assert.equal(await offered("nobody@kuusi.partner.example"), "Spruce: password support");
  for (const other of ["nobody@notkuusi.example", "nobody@kuusi.example.com", "nobody", "guest@partner.example"])
    assert.equal(await offered(other), "password order reset support", other);
});

test("SIN-8 what can't be a name is kept as it was typed, and what to do is said beside it", async () => {
  const visitor = makeVisitor(service.url);
  await visitor.get("/recover");
  const field = visitor.page().html.match(/<input[^>]*name="email"[^>]*>/)?.[0] ?? "";
  assert.match(field, /autocomplete="username"/);
  const page = await visitor.submit({ email: `${"a".repeat(300)}@koivula.example` });
  assert.equal(page.status, 400);
  assert.match(page.text, /Enter the e-mail address or user name/);
  assert.match(page.html, /value="a{200,}/);
  assert.match((await visitor.submit({ email: "aino@koivula.example" })).heading, /What happened/);
});

test("REC-6 SIN-10 one network's strangers begin so often an hour, whoever they name; browsers that have signed in, and the next hour, go on", async () => {
  const { visitor: own, email } = await service.activatedByApp(await makeOrganisation(service));
  const visitor = makeVisitor(service.url);
  await visitor.get("/recover");
  const { form_token: token = "" } = visitor.hidden({ email: "" });
  const statuses = new Set<number>();
  for (let count = 0; count < 125; count += 1) {
    const page = await visitor.post("/recover", { form_token: token, email: `person${count}@koivula.example` });
    statuses.add(page.status);
  }
  assert.deepEqual([...statuses], [200, 429]);
  assert.match(visitor.page().text, /Too many attempts/, describe(visitor.page()));
  await lost.toWays(email, { visitor: own });
  service.clock.advance(hours(1) + 1000);
  await lost.toWays("aino@koivula.example");
});
