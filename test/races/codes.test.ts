import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { keyToBase32 } from "../../src/features/authenticators/totp/one-time-code.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import {
  type Activated,
  activatedAccount,
  invitedWithPin,
  makeOrganisation,
  makePhone,
  rightPassword,
} from "../harness/people.ts";
import { openTwoNodes, type TwoNodes } from "./two-nodes.ts";

const crowd = 50;
/** Five thousand posts: longer than a test may usually take, on a machine that is a few times slower. */
const patience = 900_000;

type Person = Pick<Activated, "accountId" | "email" | "phone">;

let service: TwoNodes;
let organisation: Organisation;
before(async () => {
  service = await openTwoNodes();
  organisation = await makeOrganisation(service);
});
after(() => service.close());

/** A browser in which the password was shown and the code is asked for. */
async function beforeTheCode({ email }: Person, visitor: Visitor, origin: string): Promise<Visitor> {
  await visitor.get(`${origin}/sign-in?organisation=koivula`);
  const page = await visitor.submit({ username: email, password: rightPassword });
  assert.ok(
    page.forms.some(({ fields }) => "code" in fields),
    describe(page),
  );
  return visitor;
}

const eventsOf = ({ accountId }: Person) =>
  service.db
    .selectFrom("audit_event")
    .select(["type", "detail"])
    .where("account_id", "=", accountId)
    .orderBy("number")
    .execute();

const signedIn = (answer: Response) =>
  answer.headers.getSetCookie().some((cookie) => cookie.includes("vahva_session="));

/** Signs in by one code in all browsers at once, so many times: each time one of them gets in. */
async function race(person: Person, rounds: number): Promise<void> {
  const visitors: Visitor[] = [];
  for (let index = 0; index < crowd; index += 1) {
    const origin = service.originFor(index);
    visitors.push(await beforeTheCode(person, makeVisitor(origin), origin));
  }
  const eventsBefore = (await eventsOf(person)).length;
  for (let round = 0; round < rounds; round += 1) {
    // As if another half a minute had passed: the code that shows now was never used.
    await service.db.updateTable("totp").set({ last_step: -1, spent_steps: [], failures: 0 }).execute();
    const code = person.phone.shown();
    const answers = await Promise.all(visitors.map((visitor) => postCode(visitor, code)));
    const won = answers.filter(signedIn);
    assert.equal(won.length, 1, `round ${round}: ${answers.map(({ status }) => status)}`);
    for (const answer of answers) assert.equal(answer.status, 303);

    const first = visitors[answers.findIndex(signedIn)];
    if (first) await beforeTheCode(person, first, new URL(first.page().url).origin);
  }

  const events = (await eventsOf(person)).slice(eventsBefore);
  const used = events.filter(({ type, detail }) => type === "code.refused" && JSON.stringify(detail).includes("used"));
  assert.equal(used.length, rounds * (crowd - 1), "every other one was told that the code was used");
  const accepted = events.filter(({ type }) => type === "code.accepted");
  assert.equal(accepted.length, rounds);
}

test(`SIN-6 T24 A06 one right code posted ${crowd} times at once in ${crowd} browsers on two nodes signs one of them in: 100 times`, {
  timeout: patience,
}, async () => {
  await race(await activatedAccount(service, organisation), 100);
});

test("SIN-6 T24 T31 and so does one code of a hardware token: 10 times", async () => {
  const serial = "008659650001";
  const key = keyToBase32(randomBytes(20));
  const file = (async function* () {
    yield Buffer.from(`${serial};${key}\n`);
  })();
  const { imported } = await service.features.tokens.importTokens(file, {
    organisation,
    format: "auto",
    encoding: null,
    dryRun: false,
    onError: "stop-all",
    replace: false,
    actor: "operator",
  });
  assert.equal(imported, 1);
  const { email, accountId, link, pin } = await invitedWithPin(service, organisation);
  const visitor = makeVisitor(service.url);
  await visitor.get(link);
  await visitor.submit({ pin });
  await visitor.submit({ new_password: rightPassword });
  const phone = makePhone(key, service.clock);
  const done = await visitor.submit({ serial, code: await phone.code() });
  assert.match(done.heading, /Your account is active/, describe(done));
  await race({ email, accountId, phone }, 10);
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
