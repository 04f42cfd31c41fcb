import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { before, type TestContext, test } from "node:test";
import { machineClock } from "../../src/ports/clock.ts";
import { makeTestCertificate } from "../doubles/certificate.ts";
import { type BrokerKeys, makeBrokerKeys } from "../doubles/ftn-broker/keys.ts";
import type { Profile } from "../doubles/ftn-broker/surfaces.ts";
import { troubles } from "../doubles/ftn-broker/trouble.ts";
import { makeOwnKeys, type OwnKeys, openFtnGround } from "../grounds/ftn-ground.ts";

// A broker that is away, slow or broken, at each of its addresses that the real adapter asks. All troubles at once, each
// before an adapter of its own: some of them last until the adapter gives up.

let own: OwnKeys;
let keys: BrokerKeys;
before(async () => {
  [own, keys] = await Promise.all([makeOwnKeys(), makeBrokerKeys(machineClock)]);
});

type Place = "token" | "keys" | "discovery" | "selector" | "maintenance";

const inEveryTrouble = (t: TestContext, places: readonly (readonly [Profile, Place])[]) =>
  Promise.all(
    places.flatMap(([profile, place]) =>
      troubles.map(async (trouble) => {
        const ground = await openFtnGround(profile, own, { keys });
        t.after(ground.stop);
        ground.broker.answerNext({ [place]: trouble });
        return { ground, where: `${profile}, ${place}: ${trouble}` };
      }),
    ),
  );

test("T52 a broker in trouble is unavailable, whatever trouble and where", async (t) => {
  const grounds = await inEveryTrouble(t, [
    ["telia", "token"],
    ["telia", "keys"],
    ["op", "keys"],
    ["idura", "token"],
    ["signicat", "keys"],
    ["generic", "discovery"],
  ]);
  const came = await Promise.all(grounds.map(({ ground }) => ground.identify()));
  for (const [index, { where, ground }] of grounds.entries()) {
    assert.equal(came[index]?.result, "unavailable", where);
    assert.ok(
      ground.broker.log.every(({ at }) => at !== "elsewhere"),
      "no redirect was followed",
    );
  }
});

test("T52 a page of choice is drawn though the broker's own list or notice doesn't come", async (t) => {
  const grounds = await inEveryTrouble(t, [
    ["op", "selector"],
    ["telia", "maintenance"],
  ]);
  const selections = await Promise.all(grounds.map(({ ground }) => ground.adapter().selection("fi", new Date())));
  for (const [index, { where, ground }] of grounds.entries()) {
    assert.equal(selections[index]?.disturbance, null, where);
    assert.equal((await ground.identify()).result, "identified", where);
  }
});

test("T52 once trouble is over the same person comes through, with nothing to clear away", async (t) => {
  const ground = await openFtnGround("telia", own, { keys });
  t.after(ground.stop);
  for (const trouble of ["http-500", "reset", "bad-json"] as const) {
    ground.broker.answerNext({ token: trouble });
    assert.equal((await ground.identify()).result, "unavailable");
    assert.equal((await ground.identify()).result, "identified", trouble);
  }
});

test("T52 a broker that nobody answers for is unavailable", async () => {
  for (const profile of ["telia", "generic"] as const) {
    const ground = await openFtnGround(profile, own, { keys });
    const left = await ground.leave();
    assert.ok(left.result === "left");
    const answer = await left.goThrough();
    await ground.stop();
    assert.deepEqual(await left.judge(answer), { result: "unavailable", reason: "broker-unreachable" });
  }
});

test("T52 a broker whose certificate nobody vouches for is unavailable, and never spoken to", async (t) => {
  const { certificate, key } = makeTestCertificate();
  let asked = 0;
  const server = createServer({ cert: certificate, key }, (_request, response) => {
    asked += 1;
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // a TCP listener has one
  const ground = await openFtnGround("generic", own, { keys, settings: { issuer: `https://localhost:${port}` } });
  t.after(ground.stop);
  assert.deepEqual(await ground.leave(), { result: "unavailable", reason: "broker-tls" });
  assert.equal(asked, 0);
});
