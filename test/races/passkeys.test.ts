import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { type Key, type SoftwareAuthenticator, softwareAuthenticator } from "../doubles/software-authenticator.ts";
import { optionsOn } from "../grounds/passkeys.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { invitedWithPin, makeOrganisation } from "../harness/people.ts";
import { openTwoNodes, type TwoNodes } from "./two-nodes.ts";

const rounds = 20;
const crowd = 8;

let service: TwoNodes;
let device: SoftwareAuthenticator;
let koivula: Organisation;
before(async () => {
  service = await openTwoNodes();
  // Known to the world under the first one's address: answers are made there, wherever they are posted.
  device = softwareAuthenticator({ origin: service.url });
  koivula = await makeOrganisation(service, "koivula", { policy: { methods: { staff: { permitted: ["passkey"] } } } });
});
after(() => service.close());

/** Posts the form with the answer `crowd` times at once, half at each node; resolves to how many began a session. */
async function postAtBoth(visitor: Visitor, response: string): Promise<number> {
  const { path } = visitor.page();
  const cookie = visitor.cookies().map(({ name, value }) => `${name}=${value}`);
  const body = new URLSearchParams({ ...visitor.hidden({ response: "" }), response });
  const answers = await Promise.all(
    Array.from({ length: crowd }, (_, index) =>
      fetch(service.originFor(index) + path, {
        method: "POST",
        headers: { cookie: cookie.join("; ") },
        body,
        redirect: "manual",
      }),
    ),
  );
  for (const answer of answers) assert.equal(answer.status, 303);
  return answers.filter(({ headers }) => headers.getSetCookie().some((set) => set.includes("vahva_session="))).length;
}

test(`SIN-7 T34 one passkey made or used is taken once, posted ${crowd} times at once on two nodes: ${rounds} times`, async () => {
  const { link, pin, accountId } = await invitedWithPin(service, koivula);
  const person = makeVisitor(service.url);
  await person.get(link);
  await person.submit({ pin });
  const { key, response } = device.create(optionsOn(person.page().html));
  assert.equal(await postAtBoth(person, response), 1);
  const linked = service.db.selectFrom("passkey").select("counter").where("account_id", "=", accountId);
  assert.equal((await linked.execute()).length, 1);

  for (let round = 0; round < rounds; round += 1) await signInOnce(key, round);
  assert.equal((await linked.executeTakeFirst())?.counter, rounds);
  const accepted = await service.db
    .selectFrom("audit_event")
    .where("type", "=", "passkey.accepted")
    .selectAll()
    .execute();
  assert.equal(accepted.length, rounds);
});

async function signInOnce(key: Key, round: number): Promise<void> {
  const visitor = makeVisitor(service.url);
  await visitor.get(`${service.originFor(round)}/sign-in?organisation=koivula`);
  await visitor.submit({}, "Continue with passkey");
  const response = device.get(optionsOn(visitor.page().html), key);
  assert.equal(await postAtBoth(visitor, response), 1, `round ${round}`);
}
