import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { codeFor, registerApplication, tokensFor } from "../abuse/application.ts";
import { type Client, exchange, post, refresh, type Tokens, userinfo } from "../grounds/provider-ground.ts";
import { describe, makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, makeOrganisation, rightPassword, wordsTo } from "../harness/people.ts";
import { until } from "../harness/service.ts";
import { openTwoNodes, type TwoNodes } from "./two-nodes.ts";

let service: TwoNodes;
before(async () => {
  service = await openTwoNodes();
});
after(() => service.close());

let count = 0;

/** Somebody of an organisation of their own, signed in, with an application of that organisation that has live tokens. */
async function signedIn() {
  count += 1;
  const slug = `organisation-${count}`;
  const organisation = await makeOrganisation(service, slug);
  const client = await registerApplication(service, {}, { organisationId: organisation.id });
  const person = await activatedAccount(service, organisation);
  const tokens = await tokensFor(person.visitor, client, service.url);
  const pending = await codeFor(person.visitor, client);
  return { slug, organisation, client, person, tokens, pending };
}

type Signed = Awaited<ReturnType<typeof signedIn>>;

const limit = 20_000;

/** What still works at `origin`, by name; nothing should. */
async function stillWorks(origin: string, { client, person, tokens }: Signed): Promise<string[]> {
  const works: string[] = [];
  const jar = person.visitor;
  if ((await jar.get(`${origin}/account`)).path === "/account") works.push("the person's own page");
  if ((await userinfo(origin, tokens.access_token)).status === 200) works.push("userinfo");
  const seen = await post(origin, "/introspect", client, { token: tokens.access_token ?? "" });
  if (seen.active === true) works.push("introspection");
  return works;
}

/** A second is promised, and a busy machine gets twenty; a node that heard of nothing would take a minute. */
async function checkEnded(signed: Signed): Promise<void> {
  for (const origin of service.origins) {
    await until(
      async () => (await stillWorks(origin, signed)).length === 0,
      `the end of everything at ${origin}`,
      limit,
    );
    const { client, tokens, pending } = signed;
    const next = await refresh(origin, client, tokens.refresh_token);
    assert.ok(["invalid_grant", "invalid_client"].includes(next.error ?? ""), JSON.stringify(next));
    const late = await exchange(origin, client, pending.code, pending.verifier);
    assert.ok(["invalid_grant", "invalid_client"].includes(late.error ?? ""), JSON.stringify(late));
    await assert.rejects(codeFor(signed.person.visitor, client), /no code/);
    assert.equal((await userinfo(origin, tokens.access_token)).status, 401);
  }
}

async function checkWorks(signed: Signed): Promise<void> {
  for (const origin of service.origins) assert.equal((await stillWorks(origin, signed)).length, 3, "before");
}

test("APP-1 T70 a closed account is out on both nodes within a second: pages, codes, refresh, introspection, userinfo", async () => {
  const signed = await signedIn();
  await checkWorks(signed);
  const { accountId } = signed.person;
  await service.db.updateTable("account").set({ state: "closed" }).where("id", "=", accountId).execute();
  await checkEnded(signed);
});

/** What a notice's link does once its page is confirmed. */
async function freeze({ person }: Signed): Promise<void> {
  const visitor = makeVisitor(service.url);
  await visitor.get(await wordsTo(service, person.email, /\/not-me\/[\w-]{43}/));
  const page = await visitor.submit();
  assert.equal(page.status, 200, describe(page));
}

async function orderPassword({ slug, person }: Signed): Promise<void> {
  const policy = { password: { way: "temporary" } };
  await service.features.organisations.changeOrganisation(slug, { policy }, { actor: "operator" });
  assert.equal(await service.features.support.orderNewPassword(person.accountId, { actor: "operator" }), "ordered");
}

const ends: Record<string, (signed: Signed) => Promise<unknown>> = {
  "REC-8 T72 an account that its person freezes": freeze,
  "HLP-3 T70 T72 an account that support closes": ({ person }) =>
    service.features.support.closeAccount(person.accountId, { actor: "operator" }),
  "REC-2 HLP-3 T22 T72 an account whose new password support has ordered": orderPassword,
};
for (const [what, end] of Object.entries(ends))
  test(`${what} is out on both nodes, with its half-way sign-in, and whoever holds its cookie, a code or tokens`, async () => {
    const signed = await signedIn();
    await checkWorks(signed);
    const stolen = makeVisitor(service.origins[1]);
    stolen.restore(signed.person.visitor.cookies());
    assert.equal((await stolen.get("/account")).path, "/account", "before");
    const halfWay = makeVisitor(service.origins[1]);
    await halfWay.get(`/sign-in?organisation=${signed.slug}&to=account`);
    await halfWay.submit({ username: signed.person.email, password: rightPassword });
    const code = halfWay.hidden({ code: "" });
    await end(signed);
    await service.db.updateTable("totp").set({ last_step: -1, spent_steps: [] }).execute();
    const late = await halfWay.post(halfWay.page().path, { ...code, code: signed.person.phone.shown() });
    assert.match(late.heading, /Sign in/, describe(late));
    await checkEnded(signed);
    for (const origin of service.origins)
      assert.notEqual((await stolen.get(`${origin}/account`)).path, "/account", origin);
  });

test("APP-1 T70 a closed organisation likewise, for everybody in it", async () => {
  const signed = await signedIn();
  await checkWorks(signed);
  const changed = await service.features.organisations.changeOrganisation(
    signed.slug,
    { state: "closed" },
    { actor: "operator" },
  );
  assert.ok(changed !== "no-such-organisation" && !("problems" in changed));
  await checkEnded(signed);
});

test("APP-2 T70 a closed application gets no code and no token on either node, and its tokens are dead", async () => {
  const signed = await signedIn();
  await checkWorks(signed);
  const { client, tokens, pending, person } = signed;
  await service.features.applications.close(client.clientId, { actor: "operator" });
  for (const origin of service.origins) {
    await until(
      async () => (await userinfo(origin, tokens.access_token)).status === 401,
      "its tokens to be dead",
      limit,
    );
    assert.equal((await person.visitor.get(`${origin}/account`)).path, "/account", "the person stays signed in");
    // The nodes keep applications in memory, and hear of the change a moment later.
    const isRefused = () =>
      codeFor(person.visitor, client).then(
        () => false,
        () => true,
      );
    await until(isRefused, `no more codes at ${origin}`, limit);
    for (const answer of [
      await refresh(origin, client, tokens.refresh_token),
      await exchange(origin, client, pending.code, pending.verifier),
      await post(origin, "/introspect", client, { token: tokens.access_token ?? "" }),
    ])
      assert.equal(answer.error, "invalid_client", JSON.stringify(answer));
  }
});

/** Another browser of the same person. */
async function elsewhere(person: Activated, origin: string, slug: string): Promise<Visitor> {
  const visitor = makeVisitor(origin);
  await visitor.get(`${origin}/sign-in?organisation=${slug}`);
  await visitor.submit({ username: person.email, password: rightPassword });
  // As if another half a minute had passed.
  await service.db.updateTable("totp").set({ last_step: -1, spent_steps: [] }).execute();
  const page = await visitor.submit({ code: person.phone.shown() });
  assert.equal(page.status, 200, describe(page));
  return visitor;
}

test("USR-8 SIN-11 T72 A11 a changed password ends other browsers and their tokens on both nodes, also the stolen cookie's", async () => {
  const { slug, client, person } = await signedIn();
  const other = await elsewhere(person, service.origins[1], slug);
  const stolen = makeVisitor(service.origins[0]);
  await stolen.get("/sign-in");
  stolen.restore(other.cookies());
  const theirs: Tokens = await tokensFor(other, client as Client, service.origins[1], {
    scope: "openid offline_access",
  });
  assert.equal((await userinfo(service.origins[0], theirs.access_token)).status, 200);
  assert.equal((await stolen.get("/account")).path, "/account");

  await person.visitor.get(`${service.origins[0]}/account`);
  await person.visitor.submit({}, "Change");
  const done = await person.visitor.submit({ new_password: "neljä sinistä lintua puussa" });
  assert.match(done.path, /^\/account/, describe(done));
  for (const origin of service.origins) {
    for (const visitor of [other, stolen]) {
      const page = await visitor.get(`${origin}/account`);
      assert.ok(!page.path.startsWith("/account"), describe(page));
    }
    assert.equal((await userinfo(origin, theirs.access_token)).status, 401);
    assert.equal((await refresh(origin, client, theirs.refresh_token)).error, "invalid_grant");
    assert.equal((await person.visitor.get(`${origin}/account`)).path, "/account", "this browser goes on");
  }
});

test("SIN-11 T72 a sign-out on one node is a sign-out on the other", async () => {
  const signed = await signedIn();
  const { visitor } = signed.person;
  const cookies = visitor.cookies();
  await visitor.get(`${service.origins[0]}/account`);
  await visitor.submit({}, "Sign out");
  for (const origin of service.origins) {
    visitor.restore(cookies);
    assert.ok(!(await visitor.get(`${origin}/account`)).path.startsWith("/account"));
    assert.equal((await userinfo(origin, signed.tokens.access_token)).status, 401);
    assert.equal((await refresh(origin, signed.client, signed.tokens.refresh_token)).error, "invalid_grant");
  }
});
