import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { codeFor, registerApplication, tokensFor } from "../abuse/application.ts";
import { authorizeUrl, makePkce, refresh } from "../grounds/provider-ground.ts";
import { activatedAccount, makeOrganisation } from "../harness/people.ts";
import { openTwoNodes, type TwoNodes } from "./two-nodes.ts";

let service: TwoNodes;
before(async () => {
  service = await openTwoNodes();
});
after(() => service.close());

const permit = async (methods: readonly string[], more: object = {}) => {
  const policy = { methods: { staff: { permitted: methods } }, ...more };
  const changed = await service.features.organisations.changeOrganisation("koivula", { policy }, { actor: "operator" });
  assert.ok(typeof changed === "object" && "organisation" in changed, JSON.stringify(changed));
};

test("POL-3 T50 a method forbidden, or a strength raised, holds at the next step on both nodes: no code, no refresh, and back again", async () => {
  const organisation = await makeOrganisation(service, "koivula", {
    policy: { methods: { staff: { permitted: ["totp"] } } },
  });
  const client = await registerApplication(service, {}, { organisationId: organisation.id });
  const { visitor } = await activatedAccount(service, organisation, { category: "staff" });
  let tokens = await tokensFor(visitor, client, service.url);

  for (const forbid of [() => permit(["eid"]), () => permit(["totp"], { minimumStrength: 3 })]) {
    await forbid();
    for (const origin of service.origins) {
      const page = await visitor.get(`${origin}${authorizeUrl(client, makePkce().challenge)}`);
      assert.match(page.path, /^\/journey\//, "asked to sign in, not sent back with a code");
      assert.equal((await refresh(origin, client, tokens.refresh_token)).error, "invalid_grant");
      const own = await visitor.get(`${origin}/account`);
      assert.match(own.text, /Your sign-in methods are no longer permitted/);
    }
    await permit(["totp"], { minimumStrength: 2 });
    await visitor.get(`${service.url}/account`);
    assert.ok((await codeFor(visitor, client)).code);
    tokens = await refresh(service.origins[1], client, tokens.refresh_token);
    assert.equal(tokens.status, 200);
  }
});
