import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { codeFor, registerApplication } from "../abuse/application.ts";
import { type Client, exchange, refresh, type Tokens, userinfo } from "../grounds/provider-ground.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { activatedAccount, makeOrganisation } from "../harness/people.ts";
import { openTwoNodes, type TwoNodes } from "./two-nodes.ts";

const rounds = 100;

let service: TwoNodes;
let client: Client;
let visitor: Visitor;
before(async () => {
  service = await openTwoNodes();
  const organisation = await makeOrganisation(service);
  client = await registerApplication(service);
  visitor = makeVisitor(service.url);
  await activatedAccount(service, organisation, {}, visitor);
});
after(() => service.close());

/** Twice at once at two nodes: one succeeds, and what it got is dead on both, since the value has leaked. */
async function race(redeem: (origin: string) => Promise<Tokens>, round: number): Promise<void> {
  const answers = await Promise.all(service.origins.map(redeem));
  const won = answers.filter(({ status }) => status === 200);
  assert.equal(won.length, 1, `round ${round}: ${JSON.stringify(answers.map(({ status, error }) => [status, error]))}`);
  assert.equal(answers.find(({ status }) => status !== 200)?.error, "invalid_grant");
  for (const origin of service.origins) {
    assert.equal((await userinfo(origin, won[0]?.access_token)).status, 401, `round ${round} ${origin}`);
    assert.equal((await refresh(origin, client, won[0]?.refresh_token)).error, "invalid_grant", `round ${round}`);
  }
}

test(`APP-1 T64 a code redeemed twice at once on two nodes gives one set of tokens, and they are dead: ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { code, verifier } = await codeFor(visitor, client);
    await race((origin) => exchange(origin, client, code, verifier), round);
  }
});

test(`APP-1 T65 a refresh token used twice at once on two nodes leaves no family alive: ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round += 1) {
    const { code, verifier } = await codeFor(visitor, client);
    const tokens = await exchange(service.url, client, code, verifier);
    assert.equal(tokens.status, 200, JSON.stringify(tokens));
    await race((origin) => refresh(origin, client, tokens.refresh_token), round);
  }
});

test("APP-1 T65 an old refresh token ends its family on both nodes, the newest access token too", async () => {
  const { code, verifier } = await codeFor(visitor, client);
  const first = await exchange(service.origins[0], client, code, verifier);
  const second = await refresh(service.origins[1], client, first.refresh_token);
  const third = await refresh(service.origins[0], client, second.refresh_token);
  assert.equal((await userinfo(service.origins[1], third.access_token)).status, 200);
  assert.equal((await refresh(service.origins[1], client, first.refresh_token)).error, "invalid_grant");
  for (const origin of service.origins) {
    assert.equal((await userinfo(origin, third.access_token)).status, 401);
    assert.equal((await refresh(origin, client, third.refresh_token)).error, "invalid_grant");
  }
});
