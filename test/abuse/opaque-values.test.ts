import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { type Client, exchange, post, refresh, type Tokens, userinfo } from "../grounds/provider-ground.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, invitedWithPin, makeOrganisation } from "../harness/people.ts";
import { type Service, startService, until } from "../harness/service.ts";
import { codeFor, registerApplication, tokensFor } from "./application.ts";

let service: Service;
let organisation: Organisation;
let person: Activated;
let client: Client;
before(async () => {
  service = await startService();
  organisation = await makeOrganisation(service);
  person = await activatedAccount(service, organisation);
  client = await registerApplication(service);
});
after(() => service.close());

const other = (character: string) => (character === "A" ? "B" : "A");

/** One character changed (at the beginning, in the middle, at the end), cut off, added. */
function bent(value: string): string[] {
  const changedAt = (at: number) => value.slice(0, at) + other(value[at] ?? "") + value.slice(at + 1);
  return [
    ...[0, value.length >> 1, value.length - 1].map(changedAt),
    value.slice(0, -1),
    value.slice(1),
    value.slice(0, value.length >> 1),
    `${value}A`,
    `A${value}`,
    `${value}=`,
    `${value}%00`,
    value.toUpperCase(),
    value.toLowerCase(),
  ].filter((each) => each !== value);
}

type Opens = (value: string) => Promise<boolean>;

const cookieHeader = (visitor: Visitor, replaced: Record<string, string> = {}) =>
  visitor
    .cookies()
    .map(({ name, value }) => `${name}=${replaced[name] ?? value}`)
    .join("; ");

const get = (path: string, cookie = "") =>
  fetch(new URL(path, service.url), { redirect: "manual", headers: { cookie } });

/** Every kind of value that opens something by being known, one of each, and how to see whether it does. */
async function opaqueValues(): Promise<Record<string, { value: string; opens: Opens }>> {
  const invited = await invitedWithPin(service, organisation);
  const halfWay = makeVisitor(service.url);
  await halfWay.get("/sign-in");
  const journey = halfWay.page().url.split("/").at(-1) ?? "";
  const tokens = await tokensFor(person.visitor, client, service.url);
  const fresh = async () => codeFor(person.visitor, client);
  const { code, verifier } = await fresh();
  const cookie = (name: string) => person.visitor.cookies().find((each) => each.name === name)?.value ?? "";
  const page = await halfWay.get(halfWay.page().url);
  assert.equal(page.status, 200);
  const token = halfWay.hidden({ username: "" }).form_token ?? "";
  return {
    "activation link": {
      value: invited.link.split("/").at(-1) ?? "",
      opens: async (value) => (await (await get(`/activate/${value}`)).text()).includes('name="pin"'),
    },
    "password link": {
      value: await passwordLink(),
      opens: async (value) =>
        (await (await get(`/recover/password/${value}`)).text()).includes("Choose a new password"),
    },
    "session cookie": {
      value: cookie("vahva_session"),
      opens: async (value) =>
        (await get("/account", cookieHeader(person.visitor, { vahva_session: value }))).status === 200,
    },
    "journey's address": {
      value: journey,
      opens: async (value) => (await get(`/journey/${value}`, cookieHeader(halfWay))).status === 200,
    },
    "browser's cookie": {
      value: halfWay.cookies().find(({ name }) => name === "vahva_browser")?.value ?? "",
      opens: async (value) =>
        (await get(`/journey/${journey}`, cookieHeader(halfWay, { vahva_browser: value }))).status === 200,
    },
    "form's token": {
      value: token,
      opens: async (value) => {
        const body = new URLSearchParams({ form_token: value, step: "none" });
        const headers = { cookie: cookieHeader(halfWay) };
        const init = { method: "POST", headers, body, redirect: "manual" } as const;
        return (await fetch(`${service.url}/journey/${journey}`, init)).status === 303;
      },
    },
    "access token": {
      value: tokens.access_token ?? "",
      opens: async (value) => (await userinfo(service.url, value)).status === 200,
    },
    "token at introspection": {
      value: tokens.access_token ?? "",
      opens: async (value) => (await post(service.url, "/introspect", client, { token: value })).active === true,
    },
    "client's secret": {
      value: client.secret ?? "",
      opens: async (value) =>
        (await post(service.url, "/introspect", { ...client, secret: value }, { token: "x" })).status === 200,
    },
    "authorization code": {
      value: code,
      opens: async (value) => (await exchange(service.url, client, value, verifier)).status === 200,
    },
    "refresh token": {
      value: tokens.refresh_token ?? "",
      opens: async (value) => (await refresh(service.url, client, value)).status === 200,
    },
  };
}

/** The latest that was sent to the person, who asks for one each time. */
async function passwordLink(): Promise<string> {
  const visitor = makeVisitor(service.url);
  await visitor.get("/recover?organisation=koivula");
  await visitor.submit({ email: person.email });
  await visitor.submit({}, "password");
  return until(async () => {
    const letters = (await service.inbox()).filter(({ to }) => to === person.email);
    return letters.map(({ text }) => /\/recover\/password\/([\w-]{43})/.exec(text)?.[1]).find(Boolean);
  }, "a link for a new password");
}

test("T69 every opaque value with a character changed, cut or added opens nothing, and the right one still does", async () => {
  for (const [what, { value, opens }] of Object.entries(await opaqueValues())) {
    assert.ok(value.length >= 36, `${what}: ${value.length}`);
    for (const each of bent(value)) assert.equal(await opens(each), false, `${what}: ${each} for ${value}`);
    assert.equal(await opens(value), true, what);
  }
});

test("T05 T69 no value opens what another kind opens", async () => {
  const all = Object.entries(await opaqueValues());
  for (const [what, { opens }] of all)
    for (const [from, { value }] of all) {
      const isSame = value === all.find(([name]) => name === what)?.[1].value;
      const isMeant = from === "refresh token" && what === "token at introspection"; // RFC 7662 §2.1
      if (!isSame && !isMeant) assert.equal(await opens(value), false, `${from} as ${what}`);
    }
});

test("ACT-2 T05 a PIN is no code, a code is no PIN, and neither is a password", async () => {
  const invited = await invitedWithPin(service, organisation);
  const visitor = makeVisitor(service.url);
  await visitor.get(invited.link);
  const wrong = await visitor.submit({ pin: person.phone.shown() });
  assert.ok(
    wrong.forms.some(({ fields }) => "pin" in fields),
    wrong.path,
  );
  await visitor.get("/sign-in?organisation=koivula");
  for (const password of [invited.pin, person.phone.shown(), person.pin, person.link.split("/").at(-1) ?? ""]) {
    const page = await visitor.submit({ username: person.email, password });
    assert.ok(
      page.forms.some(({ fields }) => "password" in fields),
      page.path,
    );
  }
});

test("APP-1 A15 a code stolen on its way gives another application nothing", async () => {
  const thief = await registerApplication(service);
  const { code, verifier } = await codeFor(person.visitor, client);
  assert.equal((await exchange(service.url, thief, code, verifier)).error, "invalid_grant");
  const tokens: Tokens = await tokensFor(person.visitor, client, service.url);
  assert.equal((await refresh(service.url, thief, tokens.refresh_token)).error, "invalid_grant");
  assert.equal((await post(service.url, "/revoke", thief, { token: tokens.access_token ?? "" })).status !== 500, true);
  assert.equal((await userinfo(service.url, tokens.access_token)).status, 200, "nobody else revokes it");
});
