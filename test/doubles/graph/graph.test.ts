import assert from "node:assert/strict";
import { createPrivateKey, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { SignJWT } from "jose";
import { readCredentials, signAssertion } from "../../../src/adapters/graph/credentials.ts";
import { minutes, plus, seconds } from "../../../src/kernel/time.ts";
import { fakeClock } from "../../../src/ports/clock.ts";
import { graphCertificate } from "../../grounds/graph.ts";
import { makeRsaCertificate } from "../certificate.ts";
import { type GraphDouble, startGraph } from "./index.ts";

const clock = fakeClock();
let graph: GraphDouble;
before(async () => {
  graph = await startGraph({ certificate: graphCertificate.certificate, clock });
});
after(() => graph.stop());

const endpoint = () => `${graph.url}/${graph.settings.tenantId}/oauth2/v2.0/token`;
const sign = (change: { audience?: string; now?: Date; clientId?: string } = {}) => {
  const credentials = readCredentials(graphCertificate, graphCertificate.privateKey);
  assert.ok("key" in credentials);
  const { audience = endpoint(), now = clock.now(), clientId = graph.settings.clientId } = change;
  return signAssertion(credentials, clientId, audience, now);
};
const ask = async (assertion: string, more: Record<string, string> = {}) => {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: graph.settings.clientId,
    scope: `${graph.url}/.default`,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
    ...more,
  });
  const response = await fetch(endpoint(), { method: "POST", body });
  return { status: response.status, ...((await response.json()) as { access_token?: string }) }; // the double's own
};

test("the token endpoint takes an assertion once, and only if all of it is right", async () => {
  const good = await sign();
  assert.equal((await ask(good)).status, 200);
  assert.equal((await ask(good)).status, 401, "used before");
  const other = makeRsaCertificate("other");
  const key = createPrivateKey(other.privateKey);
  const stranger = readCredentials(other, other.privateKey);
  assert.ok("key" in stranger);
  const claims = new SignJWT({
    iss: graph.settings.clientId,
    sub: graph.settings.clientId,
    aud: endpoint(),
    jti: randomUUID(),
  });
  for (const wrong of [
    sign({ audience: `${graph.url}/other` }),
    sign({ now: plus(clock.now(), -minutes(20)) }),
    sign({ clientId: randomUUID() }),
    signAssertion(stranger, graph.settings.clientId, endpoint(), clock.now()),
    claims.setProtectedHeader({ alg: "RS256", typ: "JWT" }).sign(key),
  ])
    assert.equal((await ask(await wrong)).status, 401);
  assert.equal((await ask(await sign(), { scope: "https://graph.microsoft.com/.default" })).status, 401);
});

test("Graph takes a good token only, refuses without permission, and notes whoever comes back too early", async () => {
  const { access_token: token } = await ask(await sign());
  const user = graph.addUser({ userPrincipalName: "tero@koivula.example" });
  const get = async (path: string, bearer = token) => {
    const response = await fetch(`${graph.url}/v1.0${path}`, { headers: { authorization: `Bearer ${bearer}` } });
    return { status: response.status, retryAfter: response.headers.get("retry-after") };
  };
  assert.equal((await get(`/users/${user.id}`)).status, 200);
  assert.equal((await get(`/users/${user.id}`, "none")).status, 401);
  assert.equal((await get("/users?$filter=userPrincipalName eq 'o'x'")).status, 400);
  assert.equal((await get("/roleManagement/directory/roleAssignments?$filter=principalId eq 'x'")).status, 403);
  assert.equal((await get(`/users/${user.id}/authentication/methods?$top=1`)).status, 400);

  graph.behaviour.throttle = { every: 1, retryAfter: seconds(10) };
  assert.deepEqual(await get(`/users/${user.id}`), { status: 429, retryAfter: "10" });
  clock.advance(seconds(9));
  graph.behaviour.throttle = null;
  assert.equal((await get(`/users/${user.id}`)).status, 200);
  assert.equal(graph.violations.length, 1);
  clock.advance(minutes(61));
  assert.equal((await get(`/users/${user.id}`)).status, 401, "the token has ended");
});
