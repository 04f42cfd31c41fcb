import assert from "node:assert/strict";
import type { Given } from "../../src/features/activation/index.ts";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { keyOn, makePhone, rightPassword } from "../harness/people.ts";
import type { EidService } from "./eid-service.ts";

export type Recovering = ReturnType<typeof recovering>;

/** What people who have lost their phone do at a service. */
export function recovering(service: EidService) {
  const { db, url } = service;

  /** An account with a password, an app and `person`'s bank; `visitor` is signed in. */
  async function account(organisation: Organisation, person: string, given: Given = {}) {
    const made = await service.activatedByApp(organisation, given);
    await made.visitor.get("/account");
    await made.visitor.submit({ method: "eid" });
    const page = await service.identify(made.visitor, "telia", person);
    assert.equal(page.path, "/account?linked=eid", describe(page));
    return made;
  }

  /** Stands at the choice of what happened. */
  async function toWays(
    email: string,
    { organisation, visitor = makeVisitor(url) }: { organisation?: Organisation; visitor?: Visitor } = {},
  ): Promise<Visitor> {
    await visitor.get(`/recover${organisation ? `?organisation=${organisation.slug}` : ""}`);
    const page = await visitor.submit({ email });
    assert.match(page.heading, /What happened/, describe(page));
    return visitor;
  }

  /** Stands at the choice of services that prove who one is. */
  async function toProof(email: string, options: Parameters<typeof toWays>[1] = {}): Promise<Visitor> {
    const visitor = await toWays(email, options);
    const page = await visitor.submit({}, "reset");
    assert.match(page.heading, /Prove who you are/, describe(page));
    return visitor;
  }

  /** Has reset the account as `person`; stands at the page that follows it. */
  async function reset(email: string, person: string, options: Parameters<typeof toWays>[1] = {}): Promise<Visitor> {
    const visitor = await toProof(email, options);
    const page = await service.identify(visitor, "op", person);
    assert.match(page.path, /^\/recover\/status\/[\w-]{43}$/, describe(page));
    return visitor;
  }

  /** Links an app anew, from the page that follows the reset; stands where that ends. */
  async function linkApp(visitor: Visitor) {
    await visitor.submit({}, "Link a new");
    if (visitor.page().forms.some(({ buttons }) => buttons.some(({ value }) => value === "totp")))
      await visitor.submit({}, "totp");
    if (visitor.page().forms.some(({ fields }) => "new_password" in fields))
      await visitor.submit({ new_password: rightPassword });
    const phone = makePhone(keyOn(visitor.page().html), service.clock);
    await visitor.submit({ code: await phone.code() });
    return phone;
  }

  /** Everything that a reset changes. Sessions that have run out are forgotten at any time, and count for none. */
  async function standing(accountId: string) {
    const [account, authenticators, sessions, resets] = await Promise.all([
      db.selectFrom("account").select(["state", "epoch"]).where("id", "=", accountId).executeTakeFirstOrThrow(),
      db
        .selectFrom("authenticator")
        .select("method")
        .where("account_id", "=", accountId)
        .where("removed_at", "is", null)
        .execute(),
      db
        .selectFrom("session")
        .select("uid")
        .where("account_id", "=", accountId)
        .where("expires_at", ">", service.clock.now())
        .execute(),
      db.selectFrom("recovery").select("id").where("account_id", "=", accountId).execute(),
    ]);
    return {
      ...account,
      methods: authenticators.map(({ method }) => method).toSorted(),
      sessions: sessions.length,
      resets: resets.length,
    };
  }

  return { account, toWays, toProof, reset, linkApp, standing };
}

export const hasSession = (visitor: Visitor): boolean =>
  visitor.cookies().some(({ name }) => name.endsWith("vahva_session"));
