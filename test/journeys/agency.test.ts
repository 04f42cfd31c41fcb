import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { type CardService, openCardService } from "../grounds/card-service.ts";
import { describe, type Visitor } from "../harness/agent.ts";
import { part } from "../harness/parts.ts";
import { invite, makeOrganisation, messagesTo, rightPassword, temporaryTo } from "../harness/people.ts";

const openssl = part("openssl");
const skip = "missing" in openssl && openssl.missing;
const number = "+358457000001";

let service: CardService;
let agency: Organisation;
before(async () => {
  if (skip) return;
  service = await openCardService();
  const policy = {
    methods: { staff: { permitted: ["certificate", "totp"] } },
    password: { way: "temporary" },
    minimumStrength: 2,
  };
  agency = await makeOrganisation(service, "agency", { policy });
});
after(() => service?.close());

/** The page where user name and password are asked. */
async function atPassword(): Promise<Visitor> {
  const visitor = service.visitor();
  await visitor.get(`/sign-in?organisation=${agency.slug}&to=account`);
  await visitor.submit({}, "Continue with user name and password");
  return visitor;
}

test("SIN-5 USR-3 SIN-4 REC-2 from a temporary password to the card, in by the card, and a new password ends its link", {
  skip,
}, async () => {
  const { email } = await invite(service, agency, { phone: number });
  const first = await atPassword();
  await first.submit({ username: email, password: await temporaryTo(service, number, 1) });
  assert.match(first.page().heading, /Choose a new password/, describe(first.page()));
  await first.submit({ new_password: rightPassword });
  assert.match(first.page().heading, /Choose how you will sign in/, describe(first.page()));
  assert.match((await first.get("/account")).path, /^\/journey\//, "nothing before a method is linked");

  const half = await atPassword();
  await half.submit({ username: email, password: rightPassword });
  await half.submit({}, "certificate");
  const linked = await service.show(half, "ec");
  assert.equal(linked.path, "/account", describe(linked));
  assert.match(linked.text, /Certificate card/);

  const byCard = await service.toSignIn(`/sign-in?organisation=${agency.slug}&to=account`);
  assert.equal((await service.show(byCard, "ec")).path, "/account");

  const stranger = await atPassword();
  await stranger.click("Order a new password");
  await stranger.submit({ username: email });
  const ordered = await temporaryTo(service, number, 2);
  assert.equal((await byCard.get("/account")).status, 200, "nothing has changed");
  assert.equal(byCard.page().path, "/account");

  const again = await atPassword();
  await again.submit({ username: email, password: ordered });
  await again.submit({ new_password: "toinen sopiva lause tässä" });
  assert.match(again.page().heading, /Choose how you will sign in/, describe(again.page()));
  assert.notEqual((await byCard.get("/account")).path, "/account", "the session by the card is over");
  const refused = await service.toSignIn(`/sign-in?organisation=${agency.slug}`);
  assert.match((await service.show(refused, "ec")).heading, /not linked/);
  await messagesTo(service, email, 1, /password was changed/);
});
