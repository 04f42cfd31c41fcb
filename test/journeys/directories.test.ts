import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeVisitor } from "../harness/agent.ts";
import { eventually } from "../harness/eventually.ts";
import { type Activated, activatedAccount, makeOrganisation, wordsTo } from "../harness/people.ts";
import { type Service, startService } from "../harness/service.ts";

const by = { actor: "operator" } as const;

let service: Service;
let aino: Activated;
before(async () => {
  service = await startService();
  const organisation = await makeOrganisation(service);
  // Nothing speaks this kind: whatever it has to be told waits, and says why.
  await service.db
    .insertInto("directory")
    .values({
      id: service.composed.random.id(),
      organisation_id: organisation.id,
      name: "elsewhere",
      kind: "unheard-of",
      title: '{"en":"Elsewhere"}',
      categories: [],
      settings: "{}",
      created_at: service.clock.now(),
    })
    .execute();
  aino = await activatedAccount(service, organisation);
});
after(() => service.close());

const jobs = () => service.features.directories.desk.list({ directory: "elsewhere", limit: 10 });

test("DIR-2 DIR-3 an activation is told to the organisation's directories, tried until it arrives, and counted", async () => {
  await eventually(async () => {
    const [job, ...more] = await jobs();
    assert.deepEqual(more, []);
    assert.deepEqual([job?.accountId, job?.task, job?.state], [aino.accountId, "account", "waiting"]);
    assert.match(job?.reason ?? "", /there is no kind "unheard-of"/);
  });
  await eventually(async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    assert.match(metrics, /^vahva_directory_jobs\{state="waiting"\} 1$/m);
    assert.match(metrics, /^vahva_directory_jobs_total\{kind="unheard-of",task="account",result="later"\} [1-9]/m);
    assert.match(metrics, /^vahva_directory_late_total 0$/m);
  });
});

test("REC-8 a freeze by the link of a notice withholds it, and neither time nor thawing sends it", async () => {
  const reader = makeVisitor(service.url);
  await reader.get(await wordsTo(service, aino.email, /\/not-me\/[\w-]{43}/));
  await reader.submit({});
  assert.deepEqual(
    (await jobs()).map(({ state }) => state),
    ["withheld"],
  );
  assert.equal(await service.features.accounts.thaw(aino.accountId, by), "thawed");
  await service.features.support.closeAccount(aino.accountId, by);
  const states = (await jobs()).map(({ state }) => state);
  assert.equal(states[0], "withheld");
  assert.ok(states.slice(1).every((state) => state === "waiting") && states.length > 1, states.join(" "));
});
