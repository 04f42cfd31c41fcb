import assert from "node:assert/strict";
import { makeIssuePasswords } from "../../src/features/authenticators/password/index.ts";
import { insertAuthenticator, type Method, type StepHandler } from "../../src/features/journey/index.ts";
import { loadOrganisation, type Organisation, type Policy } from "../../src/features/organisations/index.ts";
import { html } from "../../src/platform/pages/index.ts";
import { type Ground, openGround } from "./authenticators.ts";

export type TemporaryGround = Awaited<ReturnType<typeof openTemporaryGround>>;

/** A card that is shown by posting its step: what the tests of temporary passwords need of one. */
const cardStep = (kind: string): StepHandler => ({
  kind,
  amr: ["sc"],
  page: () => ({ title: kind, main: html`<p>card</p>`, help: null }),
  attempt: async () => ({
    decide: () => async () => ({ result: "shown", proofs: [{ kind, authenticatorId: null }], event: { type: kind } }),
  }),
});
const card: Method = {
  name: "certificate",
  strength: 3,
  signIn: ["certificate"],
  link: [{ kind: "certificate-link" }],
  steps: [cardStep("certificate"), cardStep("certificate-link")],
  icon: "card",
  words: { name: "totp:name", signIn: "totp:name", signInNote: "totp:name", link: "totp:name", linkNote: "totp:name" },
};

/** The ground of the methods, with a card, in organisations that send temporary passwords. */
export async function openTemporaryGround() {
  const ground = await openGround();
  const node = ground.openNode({ extra: [card] });

  /** Sets what the organisation permits, and that it works with temporary passwords; resolves to it. */
  const sendTemporary = async (
    organisation: Pick<Organisation, "id">,
    permitted: readonly string[] = ["totp"],
    over: Partial<Policy> = {},
  ): Promise<Organisation> => {
    const found = await loadOrganisation(ground.db, organisation.id);
    assert.ok(found);
    const staff = { permitted: [...permitted] };
    const methods = { ...found.policy.methods, staff };
    const password = { ...found.policy.password, way: "temporary" as const };
    const policy = { ...found.policy, methods, password, ...over };
    await ground.db
      .updateTable("organisation")
      .set({ policy: JSON.stringify(policy) })
      .where("id", "=", found.id)
      .execute();
    return { ...found, policy };
  };

  const organisation = await sendTemporary(ground.organisation);

  /** A temporary password of the account, as it stands in its message. */
  const temporaryFor = (accountId: string): Promise<string> =>
    ground.db.transaction().execute(async (tx) => {
      const issuing = { organisation, orderedBy: "operator", now: ground.clock.now() } as const;
      const [issued] = await makeIssuePasswords(ground)(tx, [accountId], issuing);
      assert.ok(issued);
      return issued.password;
    });

  /** Somebody invited who has never signed in, and their temporary password. */
  const newcomer = async (name: string, organisationId?: string) => {
    const account = await ground.createAccount(name, organisationId);
    await ground.db.updateTable("account").set({ state: "activating" }).where("id", "=", account.id).execute();
    return { accountId: account.id, userName: name, password: await temporaryFor(account.id) };
  };

  const linkCard = (accountId: string) => {
    const authenticator = { method: "certificate", name: null, linkedAt: ground.clock.now(), lastUsedAt: null };
    return ground.db
      .transaction()
      .execute((tx) => insertAuthenticator(tx, accountId, { ...authenticator, id: ground.random.id() }));
  };

  /** Shows a password in a journey of its own, which is where it resolves to. */
  const show = async (username: string, password: string, beginning: Parameters<Ground["begin"]>[0] = {}) => {
    const id = await ground.begin(beginning);
    const browser = beginning.browser ?? "browser";
    await ground.post(id, { step: "choose", method: "password" }, { browser, on: node });
    await ground.post(id, { step: "password", username, password }, { browser, on: node });
    return id;
  };

  const account = (id: string) =>
    ground.db.selectFrom("account").selectAll().where("id", "=", id).executeTakeFirstOrThrow();

  const proofsOf = async (id: string, browser?: string) =>
    (await ground.read(id, browser)).proofs.map(({ kind }) => kind).sort();

  return { ...ground, node, organisation, sendTemporary, temporaryFor, newcomer, linkCard, show, account, proofsOf };
}
