import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { fakeClock } from "../../ports/clock.ts";
import { discoveryDocument } from "./discovery.ts";
import { makeEngine } from "./engine.ts";
import { makeEngineTime } from "./engine-time.ts";

const issuer = "https://login.example";

test("discovery says what the engine itself would say", async () => {
  const provider = makeEngine({
    issuer,
    secure: true,
    sessionCookie: "__Host-vahva_session",
    keys: [],
    clients: { find: async () => null, forget: () => {} },
    time: makeEngineTime(fakeClock()),
    pairwise: () => "",
    identityOf: async () => null,
    signIn: { begin: async () => ({ journeyId: "", url: "" }), result: async () => ({ state: "open" }) },
    privateNetworks: false,
  });
  const callback = provider.callback();
  const server = createServer((request, response) => {
    request.headers["x-forwarded-host"] = "login.example";
    request.headers["x-forwarded-proto"] = "https";
    void callback(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  const answer = await fetch(`http://127.0.0.1:${address.port}/.well-known/openid-configuration`);
  const theirs = (await answer.json()) as Record<string, unknown>;
  server.close();

  const ours: Record<string, unknown> = JSON.parse(discoveryDocument(issuer).body.toString());
  // Without keys the engine can't name these.
  delete theirs.id_token_signing_alg_values_supported;
  for (const [name, value] of Object.entries(theirs)) {
    const both = [ours[name] ?? false, value].map((each) => (Array.isArray(each) ? each.toSorted() : each));
    assert.deepEqual(both[0], both[1], name);
  }
});
