import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fakeKind } from "../../../test/grounds/broker-kind.ts";
import { contextOf } from "../../../test/grounds/command-line.ts";
import { type Ground, openGround } from "../../../test/grounds/inviting.ts";
import { brokerRegistry } from "../../features/authenticators/eid/index.ts";
import { days } from "../../kernel/time.ts";
import { checkBrokers } from "./brokers.ts";

let ground: Ground;
before(async () => {
  ground = await openGround();
});
after(() => ground.close());

const by = { actor: "operator" } as const;

test("the doctor looks at open brokers, our keys, policies and the environment", async () => {
  const context = contextOf(ground);
  assert.deepEqual(await checkBrokers(context), [], "nothing to say where there is none");

  const { identityBrokers } = context.features;
  const kinds = [
    fakeKind(["good"], { checks: [{ verdict: "pass", says: "It answers." }] }),
    fakeKind(["old"], { checks: [{ verdict: "advice", says: "Its key ends soon.", todo: "Ask for a new one." }] }),
  ];
  const registry = brokerRegistry({ ...ground.deps, kinds, context: identityBrokers.connecting.context });
  const settings = { clientId: "v" };
  for (const [name, profile] of [
    ["first", "good"],
    ["second", "old"],
    ["broken", "good"],
    ["shut", "good"],
  ] as const)
    await registry.add({ name, profile, title: { fi: name }, settings }, by);
  await registry.setState("shut", "closed", by);
  await ground.db.updateTable("identity_broker").set({ settings: "{}" }).where("name", "=", "broken").execute();
  await context.features.organisations.changeOrganisation(
    "koivula",
    {
      policy: {
        eid: { brokers: ["first", "gone"] },
        recovery: { services: { staff: ["shut", "first"], student: ["shut", "away"], guest: [] } },
      },
    },
    by,
  );
  const found = await checkBrokers({
    ...context,
    config: { ...context.config, demo: false, eidEnvironment: "test" },
    features: { ...context.features, identityBrokers: { ...identityBrokers, ...registry } },
  });
  assert.deepEqual(
    found.map(({ name, verdict, says }) => [name, verdict, says]),
    [
      ["Broker first", "pass", "It answers."],
      ["Broker second", "advice", "Its key ends soon."],
      ["Broker broken", "fail", "It can't be used: clientId: Give one."],
      ["Keys towards brokers", "pass", "They will be made when they are first needed."],
      ["Policy", "advice", "koivula names brokers that there are none of: gone, away."],
      [
        "Policy",
        "advice",
        "koivula offers no MFA reset to student: none of the services that recovery.services names is open.",
      ],
      [
        "Identifications",
        "advice",
        "Those of the brokers' test environments count, and no real ones: anybody can be anybody.",
      ],
    ],
  );

  await identityBrokers.connecting.context.keys.signing();
  ground.clock.advance(days(2 * 365 + 1));
  const old = (await checkBrokers(context)).filter(({ name }) => name === "Keys towards brokers");
  assert.deepEqual(old.map(({ verdict, todo }) => [verdict, todo]).toSorted(), [
    ["advice", '"vahva keys rotate --use enc" makes a new one.'],
    ["advice", '"vahva keys rotate --use sig" makes a new one.'],
  ]);
});
