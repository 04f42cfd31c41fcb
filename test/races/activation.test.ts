import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { invitedWithPin, keyOn, makeOrganisation, makePhone, rightPassword } from "../harness/people.ts";
import { openTwoNodes, type TwoNodes } from "./two-nodes.ts";

const rounds = 10;
const crowd = 16;

let service: TwoNodes;
let organisation: Organisation;
before(async () => {
  service = await openTwoNodes();
  organisation = await makeOrganisation(service);
});
after(() => service.close());

const isSignedIn = (visitor: Visitor) => visitor.cookies().some(({ name }) => name.endsWith("vahva_session"));

/** Does what each page asks for, as somebody who knows everything: `most` times, or until nothing is asked that can be given. */
async function driveOn(visitor: Visitor, email: string, most: number): Promise<void> {
  for (let step = 0; step < most && !isSignedIn(visitor); step += 1) {
    const page = visitor.page();
    const asks = (field: string) => page.forms.some(({ fields }) => field in fields);
    if (asks("new_password")) await visitor.submit({ new_password: rightPassword });
    else if (asks("code") && keyOn(page.html))
      await visitor.submit({ code: makePhone(keyOn(page.html), service.clock).shown() });
    else if (asks("password"))
      await visitor.submit({ ...(asks("username") && { username: email }), password: rightPassword });
    else return;
  }
}

test(`ACT-8 T02 A01 ${crowd} right PINs at once on two nodes end in one activation, and in a way on for the others: ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { accountId, email, link, pin } = await invitedWithPin(service, organisation);
    const visitors = Array.from({ length: crowd }, (_, index) => makeVisitor(service.originFor(index)));
    await Promise.all(visitors.map((visitor, index) => visitor.get(service.originFor(index) + new URL(link).pathname)));
    await Promise.all(visitors.map((visitor) => visitor.submit({ pin })));
    // Together they may take the QR code from each other without end; then each goes on by itself.
    await Promise.all(visitors.map((visitor) => driveOn(visitor, email, 3)));
    for (const visitor of visitors) await driveOn(visitor, email, 4);

    const events = await service.db
      .selectFrom("audit_event")
      .select("type")
      .where("account_id", "=", accountId)
      .execute();
    const count = (type: string) => events.filter((event) => event.type === type).length;
    assert.equal(count("account.activated"), 1, `round ${round}`);
    assert.equal(count("method.linked"), 1, `round ${round}`);
    assert.equal(count("password.set"), 1, `round ${round}`);
    const authenticators = await service.db
      .selectFrom("authenticator")
      .select("method")
      .where("account_id", "=", accountId)
      .orderBy("method")
      .execute();
    assert.deepEqual(
      authenticators.map(({ method }) => method),
      ["password", "totp"],
      `round ${round}`,
    );
    // The one that chose the password is signed in if it also linked the app; who showed less has to sign in.
    const pages = visitors.map((visitor) => visitor.page());
    assert.equal(
      pages.filter(({ heading }) => heading === "Your account is active").length,
      1,
      pages.map(describe).join("\n"),
    );
    assert.ok(visitors.filter(isSignedIn).length <= 1);
    for (const page of pages) {
      assert.ok(page.status < 500, describe(page));
      assert.ok(page.forms.length > 0 || page.links.length > 0, describe(page));
    }
  }
});
