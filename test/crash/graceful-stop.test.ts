import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { describe, makeVisitor, type Page } from "../harness/agent.ts";
import { type Activated, activatedAccount, makeOrganisation, rightPassword } from "../harness/people.ts";
import { openTwoNodes, type TwoNodes } from "../races/two-nodes.ts";

const people = 40;

let service: TwoNodes;
const persons: Activated[] = [];
before(async () => {
  service = await openTwoNodes();
  // Without a home application, which would be at the first node's own address.
  const organisation = await makeOrganisation(service, "koivula", { home: undefined });
  while (persons.length < people) persons.push(await activatedAccount(service, organisation));
});
after(() => service.close());

/** Signs in at the first node, and goes on at the second from the same page when the first takes no more. */
async function signIn(person: Activated, asked: () => void): Promise<{ moved: boolean; page: Page; faults: string[] }> {
  const visitor = makeVisitor(service.origins[0]);
  const faults: string[] = [];
  let moved = false;
  let path = "/sign-in?organisation=koivula";
  const at = () => service.origins[moved ? 1 : 0] + path;
  let page: Page | undefined;
  let code: string | undefined;
  for (let step = 0; step < 12; step += 1) {
    try {
      page ??= await visitor.get(at());
      asked();
      if (page.status >= 500) faults.push(describe(page));
      const before = page;
      const asks = (field: string) => before.forms.some(({ fields }) => field in fields);
      path = before.path;
      if (visitor.cookies().some(({ name }) => name === "vahva_session")) return { moved, page, faults };
      if (asks("code")) {
        code ??= person.phone.shown();
        page = await visitor.submit({ code });
      } else page = await visitor.submit({ username: person.email, password: rightPassword });
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // else the connection was refused or closed: the other node
      moved = true;
      page = undefined;
    }
  }
  throw new Error(page ? describe(page) : "no page");
}

test(`OPS-4 A37 SIGTERM in the middle of ${people} sign-ins loses none: what is under way ends, the rest goes on at the other node`, async () => {
  let pages = 0;
  let stopped: Promise<number | null> | undefined;
  const stopHalfWay = () => {
    pages += 1;
    if (pages < people || stopped) return;
    stopped = service.nodes[0].kill("SIGTERM");
  };
  // As if half a minute had passed since each of them linked an app.
  await service.db.updateTable("totp").set({ last_step: -1, spent_steps: [] }).execute();
  const ends = await Promise.all(persons.map((person) => signIn(person, stopHalfWay)));
  assert.equal(await stopped, 0, service.nodes[0].log());
  for (const { page, faults } of ends) {
    assert.deepEqual(faults, []);
    assert.equal(page.status, 200, describe(page));
  }
  assert.ok(
    ends.some(({ moved }) => moved),
    "some had to go on at the other node",
  );
  const counted = await service.db
    .selectFrom("audit_event")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("type", "=", "sign-in.succeeded")
    .executeTakeFirstOrThrow();
  assert.equal(Number(counted.count), 2 * people, "each once at activation, and once now");
});
