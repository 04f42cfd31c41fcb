import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, makeOrganisation, rightPassword } from "../harness/people.ts";
import { openTwoNodes, type TwoNodes } from "./two-nodes.ts";

const rounds = 100;
const crowd = 50;

let service: TwoNodes;
let person: Activated;
before(async () => {
  service = await openTwoNodes();
  person = await activatedAccount(service, await makeOrganisation(service));
});
after(() => service.close());

/** A browser in which the password was shown and the code is asked for. */
async function beforeTheCode(visitor: Visitor, origin: string): Promise<Visitor> {
  await visitor.get(`${origin}/sign-in?organisation=koivula`);
  const page = await visitor.submit({ username: person.email, password: rightPassword });
  assert.ok(
    page.forms.some(({ fields }) => "code" in fields),
    describe(page),
  );
  return visitor;
}

const signedIn = (answer: Response) =>
  answer.headers.getSetCookie().some((cookie) => cookie.includes("vahva_session="));

test(`SIN-6 T24 A06 one right code posted ${crowd} times at once in ${crowd} browsers on two nodes signs one of them in: ${rounds} times`, async () => {
  const visitors: Visitor[] = [];
  for (let index = 0; index < crowd; index += 1)
    visitors.push(await beforeTheCode(makeVisitor(service.originFor(index)), service.originFor(index)));

  for (let round = 0; round < rounds; round += 1) {
    // As if another half a minute had passed: the code that shows now was never used.
    await service.db.updateTable("totp").set({ last_step: -1, spent_steps: [], failures: 0 }).execute();
    const code = person.phone.shown();
    const answers = await Promise.all(visitors.map((visitor) => postCode(visitor, code)));
    const won = answers.filter(signedIn);
    assert.equal(won.length, 1, `round ${round}: ${answers.map(({ status }) => status)}`);
    for (const answer of answers) assert.equal(answer.status, 303);

    const first = visitors[answers.findIndex(signedIn)];
    if (first) await beforeTheCode(first, new URL(first.page().url).origin);
  }

  const events = await service.db.selectFrom("audit_event").select(["type", "detail"]).execute();
  const used = events.filter(({ type, detail }) => type === "code.refused" && JSON.stringify(detail).includes("used"));
  assert.equal(used.length, rounds * (crowd - 1), "every other one was told that the code was used");
  const accepted = events.filter(({ type }) => type === "code.accepted");
  assert.equal(accepted.length, rounds);
});

/** Posts the form that the page shows, and reads only what the answer says. */
async function postCode(visitor: Visitor, code: string): Promise<Response> {
  const { url } = visitor.page();
  const cookie = visitor.cookies().map(({ name, value }) => `${name}=${value}`);
  const body = new URLSearchParams({ ...visitor.hidden({ code: "" }), code });
  const headers = { cookie: cookie.join("; ") };
  const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
  await answer.arrayBuffer();
  return answer;
}
