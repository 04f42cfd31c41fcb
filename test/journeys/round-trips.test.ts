import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loadConfig } from "../../src/config.ts";
import { compose } from "../../src/main.ts";
import { assemble } from "../../src/serve.ts";
import { countRoundTrips } from "../doubles/round-trips.ts";
import { makeVisitor } from "../harness/agent.ts";
import { testDatabase } from "../harness/database.ts";
import { freePort } from "../harness/free-port.ts";
import { type Activated, activatedAccount, makeOrganisation, rightPassword } from "../harness/people.ts";
import { movableClock } from "../harness/service.ts";

type Ground = Awaited<ReturnType<typeof openGround>>;

/** The service without its loops, so that only what a request does is counted. */
async function openGround() {
  const database = await testDatabase();
  const port = await freePort();
  const config = loadConfig({
    DATABASE_URL: database.url,
    VAHVA_PORT: String(port),
    VAHVA_SECRET: "a secret of the tests that is good for nothing else",
  });
  const clock = movableClock();
  const composed = await compose({ config, claim: true, log: () => {}, clock });
  const trips = countRoundTrips(composed.pool);
  const { http, provider, brokers } = await assemble(composed);
  await http.app.listen({ host: "localhost", port });
  const inbox = async () => {
    await composed.features.messages.deliverDue();
    return (await composed.senders.inbox?.list(50)) ?? [];
  };
  const service = { url: config.publicUrl, features: composed.features, clock, inbox };
  const organisation = await makeOrganisation(service);
  const person = await activatedAccount(service, organisation);
  const close = async () => {
    await http.app.close();
    await Promise.all([provider.stop(), brokers.stop()]);
    await composed.close();
    await database.drop();
  };
  return { service, person, trips, close };
}

let ground: Ground;
let person: Activated;
before(async () => {
  ground = await openGround();
  person = ground.person;
});
after(() => ground.close());

test("SIN-3 password and code, from form to redirect, take 10 round trips at most", async () => {
  const visitor = makeVisitor(ground.service.url);
  await visitor.get("/sign-in");
  const code = await person.phone.code();
  const { trips, texts } = await ground.trips.during(async () => {
    await visitor.submit({ username: person.email, password: rightPassword });
    const { form_token = "", step = "" } = visitor.hidden({ code: "" });
    await fetch(new URL(visitor.page().path, ground.service.url), {
      method: "POST",
      redirect: "manual",
      headers: {
        cookie: visitor
          .cookies()
          .map(({ name, value }) => `${name}=${value}`)
          .join("; "),
      },
      body: new URLSearchParams({ form_token, step, code }),
    });
  });
  assert.ok(trips <= 10, `${trips} round trips\n${texts.map((text) => text.slice(0, 100)).join("\n")}`);
});

test("SIN-1 the sign-in page takes 2 round trips at most", async () => {
  const visitor = makeVisitor(ground.service.url);
  const { trips } = await ground.trips.during(() => visitor.get("/sign-in"));
  assert.ok(trips <= 2, `${trips} round trips`);
});
