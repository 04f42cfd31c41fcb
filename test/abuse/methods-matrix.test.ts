import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { type Begin, type EveryMethod, type Holder, openEveryMethod, type Way } from "../grounds/every-method.ts";
import { authorizeUrl, type Client, makePkce, refresh, type Wish } from "../grounds/provider-ground.ts";
import { describe, type Page, type Visitor } from "../harness/agent.ts";
import { part } from "../harness/parts.ts";
import { makeOrganisation, messagesTo } from "../harness/people.ts";
import { registerApplication, tokensFor } from "./application.ts";

const openssl = part("openssl");
const skip = "missing" in openssl && openssl.missing;

let service: EveryMethod;
let neighbour: Home;
before(async () => {
  if (skip) return;
  service = await openEveryMethod();
  neighbour = await openHome();
});
after(() => service?.close());

const methods = ["eid", "totp", "certificate", "passkey"] as const;
const categories = ["staff", "student", "external", "guest"] as const;
const actor = "operator";
const without = (method: string) => ({ permitted: methods.filter((each) => each !== method) });
const policyOf = (rule: object, of: readonly string[] = categories) => ({
  methods: Object.fromEntries(
    categories.map((category) => [category, of.includes(category) ? rule : { permitted: methods }]),
  ),
});

type Home = Readonly<{ organisation: Organisation; client: Client }>;
let homes = 0;

/** An organisation that permits everything, and an application of its own. */
async function openHome(): Promise<Home> {
  homes += 1;
  const policy = policyOf({ permitted: methods });
  const organisation = await makeOrganisation(service, `koivula-${homes}`, { policy });
  return { organisation, client: await registerApplication(service, {}, { organisationId: organisation.id }) };
}

const setPolicy = async ({ organisation }: Home, policy: object) => {
  const changed = await service.features.organisations.changeOrganisation(organisation.slug, { policy }, { actor });
  assert.ok(typeof changed === "object" && "organisation" in changed, JSON.stringify(changed));
};

/** Every address at which a sign-in begins. */
type Doors = Readonly<Record<string, (home: Home, method: string, name: string) => string>>;
const wanting =
  (wish: Wish) =>
  ({ client }: Home): string =>
    authorizeUrl(client, makePkce().challenge, wish);
const essential = (acr: string) => JSON.stringify({ id_token: { acr: { essential: true, value: acr } } });
const doors: Doors = {
  "the sign-in page": (home) => signInPage(home),
  "a link to the method": ({ organisation }, method, name) =>
    `/sign-in?organisation=${organisation.slug}&method=${method}&login_hint=${encodeURIComponent(name)}`,
  "an application": wanting({}),
  "an application that names the person": (home, _method, name) => wanting({ login_hint: name })(home),
  "an application that wants a new sign-in": wanting({ prompt: "login" }),
  "an application that wants a level": wanting({ acr_values: "aal2" }),
  "an application that insists on a level": wanting({ claims: essential("aal2") }),
};
const anyOrganisation = "/sign-in?to=account";
const signInPage = ({ organisation }: Home) => `/sign-in?organisation=${organisation.slug}&to=account`;
const aCode = /[?&]code=/;

const signedInHere = (visitor: Visitor): boolean =>
  visitor.cookies().some(({ name }) => name.endsWith("vahva_session"));

/** What may differ between two people's pages, taken out. */
const shapeOf = (page: Page) => ({
  status: page.status,
  path: page.path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "ID"),
  text: page.text.replace(/Reference \S+/g, "REFERENCE").replace(/Wiki/g, "APPLICATION"),
});

/** What an account has got: sessions, methods, and how often it came in. */
async function holdings(accountId: string): Promise<object> {
  const { db } = service;
  const own = "account_id" as const;
  const [sessions, linked, events] = await Promise.all([
    db.selectFrom("session").select("uid").where(own, "=", accountId).orderBy("uid").execute(),
    db.selectFrom("authenticator").select("id").where(own, "=", accountId).where("removed_at", "is", null).execute(),
    db
      .selectFrom("audit_event")
      .select("id")
      .where(own, "=", accountId)
      .where("type", "in", ["sign-in.succeeded", "method.linked"])
      .execute(),
  ]);
  return { sessions, linked: linked.map(({ id }) => id).sort(), events: events.length };
}

/** The refusals that the audit has, from `since` on. */
const refusals = async (since: Date): Promise<string> => {
  const rows = await service.db
    .selectFrom("audit_event")
    .select(["type", "detail"])
    .where("result", "=", "refused")
    .where("at", ">=", since)
    .execute();
  return rows.map(({ type, detail }) => `${type} ${JSON.stringify(detail)}`).join("\n");
};

async function through(begin: Holder["begin"], address: string, visitor = service.visitor()): Promise<[Visitor, Page]> {
  await visitor.get(`${service.url}${address}`);
  const last = await begin(visitor);
  return [visitor, await last()];
}

function assertOut(visitor: Visitor, page: Page, where: string): void {
  assert.ok(!signedInHere(visitor), `${where}: ${describe(page)}`);
  assert.ok(!aCode.test(page.leadsTo ?? ""), `${where}: ${describe(page)}`);
  assert.equal(page.status, 200, `${where}: ${describe(page)}`);
}

/** Nobody is in, and the audit says why where that is not plain to see; what the person was told. */
async function assertRefused(way: Way, door: string, begin: Begin, address: string, isAudited: boolean) {
  const since = service.clock.now();
  const [visitor, page] = await through(begin, address);
  assertOut(visitor, page, door);
  if (isAudited) assert.match(await refusals(since), new RegExp(way.unknown), door);
  return shapeOf(page);
}

/** Signs in, with tokens, and leaves pages open: of a sign-in, of a step-up, and of linking a method more. */
async function comeIn(home: Home, holder: Holder) {
  const [inside, own] = await through(holder.begin, signInPage(home));
  assert.equal(own.path, "/account", describe(own));
  const { refresh_token = "" } = await tokensFor(inside, home.client, service.url);
  const visitor = service.visitor();
  await visitor.get(wanting({})(home));
  const last = await holder.begin(visitor);
  await inside.get(wanting({ max_age: "0" })(home));
  const stepUp = await holder.begin(inside);
  const tab = service.visitor();
  tab.restore(inside.cookies());
  const linkMore = await service.linkMore(tab);
  return { visitor: inside, refresh_token, open: { visitor, last, stepUp, linkMore } };
}

/** What nobody's method is told at each door. */
const toldToStrangers = new Map<string, object>();
async function toldToStranger(way: Way, home: Home, door: string): Promise<object> {
  const key = `${way.unknown} ${door}`;
  const known = toldToStrangers.get(key);
  if (known) return known;
  const [visitor, page] = await through(way.stranger, doors[door]?.(home, way.method, "nobody@koivula.example") ?? "");
  assertOut(visitor, page, key);
  toldToStrangers.set(key, shapeOf(page));
  return shapeOf(page);
}

type State = Readonly<{
  /** Brings it about, and resolves to what undoes it. */
  bring(home: Home, holder: Holder, way: Way): Promise<() => Promise<unknown>>;
  /** Nothing tells it from a method that is nobody's. */
  looksUnknown: boolean;
}>;

async function freeze({ email }: Holder): Promise<void> {
  const [letter] = await messagesTo(service, email, 1, /\/not-me\//);
  const visitor = service.visitor();
  await visitor.get(/\/not-me\/[\w-]{43}/.exec(letter?.text ?? "")?.[0] ?? "");
  await visitor.submit({}, "Freeze");
}

const states: Readonly<Record<string, State>> = {
  "a method that the organisation forbids": {
    bring: async (home, _holder, { method }) => {
      await setPolicy(home, policyOf(without(method)));
      return () => setPolicy(home, policyOf({ permitted: methods }));
    },
    looksUnknown: false,
  },
  "a method that its category may not use": {
    bring: async (home, _holder, { method }) => {
      await setPolicy(home, policyOf(without(method), ["staff"]));
      return () => setPolicy(home, policyOf({ permitted: methods }));
    },
    looksUnknown: false,
  },
  "a frozen account": {
    bring: async (_home, holder) => {
      await freeze(holder);
      return async () => assert.equal(await service.features.accounts.thaw(holder.accountId, { actor }), "thawed");
    },
    looksUnknown: true,
  },
  "a closed account": {
    bring: async (_home, { accountId }) => {
      assert.equal(await service.features.support.closeAccount(accountId, { actor }), "closed");
      return async () => assert.equal(await service.features.support.reopenAccount(accountId, { actor }), "reopened");
    },
    looksUnknown: true,
  },
};

/** A browser that was signed in, and the application that it was signed in to, get nothing more. */
async function assertNothingGoesOn({ client }: Home, { method }: Way, visitor: Visitor, token: string): Promise<void> {
  const { url } = service;
  const page = await visitor.get(authorizeUrl(client, makePkce().challenge));
  assert.ok(page.path.startsWith("/journey/"), `the live session: ${describe(page)}`);
  const none = await visitor.get(authorizeUrl(client, makePkce().challenge, { prompt: "none" }));
  assert.match(none.leadsTo ?? "", /error=login_required/);
  assert.equal((await refresh(url, client, token)).error, "invalid_grant");
  await visitor.get(`${url}/account`);
  const { form_token = "" } = visitor.hidden();
  const linking = await visitor.post("/account/link", { form_token, method });
  assert.doesNotMatch(linking.heading, /Link your/, describe(linking));
}

const names = ["eID", "authenticator app", "hardware token", "certificate card", "passkey"];
for (const name of names)
  test(`POL-3 T35 T70 T91 ${name}, whoever has it and whatever forbids it`, { skip }, async (t) => {
    const way = service.ways[name];
    assert.ok(way, name);
    const home = await openHome();
    const holder = await way.link(home.organisation);

    for (const [what, { bring, looksUnknown }] of Object.entries(states))
      await t.test(`POL-3 SIN-3 A26 A27 ${what} is refused at every door, and lets in again afterwards`, async () => {
        const { visitor: inside, refresh_token, open } = await comeIn(home, holder);
        const undo = await bring(home, holder, way);
        try {
          const before = await holdings(holder.accountId);
          assertOut(open.visitor, await open.last(), `${what}, half-way`);
          assert.doesNotMatch((await open.stepUp()).leadsTo ?? "", aCode);
          assert.doesNotMatch((await open.linkMore()).path, /linked=/);
          for (const [door, address] of Object.entries(doors)) {
            const told = await assertRefused(
              way,
              door,
              holder.begin,
              address(home, way.method, holder.email),
              looksUnknown,
            );
            if (looksUnknown) assert.deepEqual(told, await toldToStranger(way, home, door), `${what} at ${door}`);
          }
          const since = service.clock.now();
          const [anywhere, page] = await through(holder.begin, anyOrganisation);
          assertOut(anywhere, page, `${what} at the sign-in page of any organisation`);
          assert.match(await refusals(since), looksUnknown ? new RegExp(way.unknown) : /journey.refused/);
          await assertNothingGoesOn(home, way, inside, refresh_token);
          assert.deepEqual(await holdings(holder.accountId), before, "nothing was given or linked");
        } finally {
          await undo();
        }
        const [, again] = await through(holder.begin, signInPage(home));
        assert.equal(again.path, "/account", describe(again));
      });

    await t.test("SIN-12 T35 T70 an account of another organisation is nobody at any door of this one", async () => {
      const [inside] = await through(holder.begin, anyOrganisation);
      assert.ok(signedInHere(inside));
      const before = await holdings(holder.accountId);
      for (const [door, address] of Object.entries(doors)) {
        const told = await assertRefused(way, door, holder.begin, address(neighbour, way.method, holder.email), true);
        assert.deepEqual(told, await toldToStranger(way, neighbour, door), door);
      }
      const page = await inside.get(`${service.url}${wanting({})(neighbour)}`);
      assert.ok(page.path.startsWith("/journey/"), `asked who they are there: ${describe(page)}`);
      const none = await inside.get(wanting({ prompt: "none" })(neighbour));
      assert.match(none.leadsTo ?? "", /error=interaction_required/);
      assert.deepEqual(await holdings(holder.accountId), before);
    });

    await t.test("SIN-9 USR-9 T71 with nothing against it, it is let in at each of these doors", async () => {
      for (const [door, address] of Object.entries(doors)) {
        const [visitor, page] = await through(holder.begin, address(home, way.method, holder.email));
        assert.ok(signedInHere(visitor), `${door}: ${describe(page)}`);
        assert.ok(page.path === "/account" || aCode.test(page.leadsTo ?? ""), `${door}: ${describe(page)}`);
      }
      const { visitor, refresh_token, open } = await comeIn(home, holder);
      assert.equal((await refresh(service.url, home.client, refresh_token)).status, 200);
      assert.match((await open.last()).leadsTo ?? "", aCode);
      const cookies = visitor.cookies();
      assert.match((await open.stepUp()).leadsTo ?? "", aCode);
      assert.notDeepEqual(visitor.cookies(), cookies, "the session has another id then");
      const tab = await service.linkMore(visitor);
      assert.match((await tab()).path, /linked=passkey/);
    });
  });
