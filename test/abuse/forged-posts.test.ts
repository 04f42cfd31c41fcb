import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, invitedWithPin, makeOrganisation } from "../harness/people.ts";
import { until } from "../harness/service.ts";
import { registerApplication, tokensFor } from "./application.ts";
import type { Route } from "./routes.ts";
import { openSecureService, type SecureService } from "./secure-service.ts";
import { changedTables, readEverything } from "./snapshot.ts";

let service: SecureService;
let person: Activated;
let places: Record<string, string>;
before(async () => {
  service = await openSecureService();
  const organisation = await makeOrganisation(service);
  person = await activatedAccount(service, organisation);
  const other = await invitedWithPin(service, organisation);
  const stranger = makeVisitor(service.url);
  await stranger.get("/sign-in");
  places = { token: other.link.split("/").at(-1) ?? "", id: stranger.page().url.split("/").at(-1) ?? "" };
  strangersCookie = cookieOf(stranger);
});
after(() => service.close());

let strangersCookie: string;

const cookieOf = (visitor: Visitor) =>
  visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");

/** What programs post to, and why no cookie alone does anything there. */
const withoutToken: Record<string, string> = {
  "POST /authorize": "leads to the same request as a GET",
  "POST /eid/:broker/acs": "comes from the broker's page, and is kept for the browser that left with its state",
  "POST /sign-out": "asks, unless the application proves that it knows the session",
  "POST /token": "the application authenticates itself",
  "POST /introspect": "the application authenticates itself",
  "POST /revoke": "the application authenticates itself",
  "POST /par": "the application authenticates itself",
  "POST /userinfo": "the access token decides",
};

/** What sending and housekeeping write by themselves is written, or left out. */
async function everything(): Promise<Map<string, string[]>> {
  const waiting = service.db.selectFrom("message").select("id").where("state", "=", "waiting");
  await until(async () => (await waiting.execute()).length === 0, "every message to be sent");
  const all = await readEverything(service.db);
  for (const name of ["audit_stream", "audit_checkpoint"]) all.delete(name);
  const sessions = all.get("session") ?? [];
  return all.set(
    "session",
    sessions.map((row) => row.replace(/"last_used_at":"[^"]*"/, "")),
  );
}

const isRead = ({ method }: Route) => ["GET", "HEAD", "OPTIONS"].includes(method);

test("T75 every route that changes something wants the token of its own form, save those that are named here", () => {
  const exempt = service.routes.filter((route) => !isRead(route) && route.machine);
  assert.deepEqual(exempt.map(({ method, url }) => `${method} ${url}`).sort(), Object.keys(withoutToken).sort());
});

test("T75 a forged post to any form is refused, and changes nothing", async () => {
  const forms = service.routes.filter((route) => !isRead(route) && !route.machine);
  assert.ok(forms.length >= 10, `${forms.length}`);
  await person.visitor.get("/account");
  const own = person.visitor.hidden().form_token ?? "";
  const form = (fields: [string, string][]) => new URLSearchParams(fields);
  const usual: [string, string][] = [
    ["step", "choose"],
    ["pin", "123456"],
    ["uid", "x"],
    ["code", "123456"],
  ];
  const foreign = "A".repeat(own.length);
  const forgeries: [string, RequestInit][] = [
    ["without a token", { body: form(usual) }],
    ["with an empty token", { body: form([...usual, ["form_token", ""]]) }],
    ["with another's token", { body: form([...usual, ["form_token", foreign]]) }],
    ["with the token twice", { body: form([...usual, ["form_token", own], ["form_token", own]]) }],
    ["from another site", { body: form([...usual, ["form_token", own]]), headers: { origin: "https://evil.example" } }],
    [
      "from another host of the same site",
      { body: form([...usual, ["form_token", own]]), headers: { "sec-fetch-site": "same-site" } },
    ],
    ["across sites", { body: form([...usual, ["form_token", own]]), headers: { "sec-fetch-site": "cross-site" } }],
    ["as text", { body: `form_token=${own}`, headers: { "content-type": "text/plain" } }],
    ["as JSON", { body: "{}", headers: { "content-type": "application/json" } }],
    ["as JSON in text", { body: `{"form_token":"${own}"}`, headers: { "content-type": "text/plain" } }],
    ["as multipart", { body: multipart({ form_token: own }) }],
    ["with nothing", {}],
  ];
  const before = await everything();
  for (const { method, url } of forms) {
    const path = url.replace(/:(\w+)/g, (_, name: string) => places[name] ?? "x");
    for (const [how, init] of forgeries) {
      const { headers, ...rest } = init;
      for (const cookie of [cookieOf(person.visitor), strangersCookie, ""]) {
        const answer = await fetch(service.url + path, {
          method,
          redirect: "manual",
          ...rest,
          headers: { cookie, ...headers },
        });
        const page = await answer.text();
        assert.ok([400, 410, 415].includes(answer.status), `${method} ${url} ${how}: ${answer.status}`);
        assert.equal(answer.headers.getSetCookie().length, 0, `${method} ${url} ${how}`);
        assert.match(page, /<h1/, "a page that says what to do");
      }
    }
  }
  assert.deepEqual(changedTables(before, await everything()), []);
});

function multipart(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

test("T75 A12 no sign-out by another site: without a proof, with a forged one, with another person's", async () => {
  const client = await registerApplication(service);
  const organisation = await makeOrganisation(service, "toinen");
  const other = await activatedAccount(service, organisation);
  const theirs = await tokensFor(other.visitor, client, service.url);
  const own = await tokensFor(person.visitor, client, service.url);
  const [header = "", payload = ""] = (own.id_token ?? "").split(".");
  const forged = `${header}.${payload}.${"A".repeat(86)}`;
  for (const hint of [undefined, "nonsense", forged, `${header}.${payload}.`, theirs.id_token])
    for (const method of ["GET", "POST"]) {
      const query = new URLSearchParams(hint === undefined ? {} : { id_token_hint: hint });
      const init = method === "POST" ? { method, body: query } : {};
      const answer = await fetch(`${service.url}/sign-out${method === "GET" ? `?${query}` : ""}`, {
        ...init,
        redirect: "manual",
        headers: { cookie: cookieOf(person.visitor), "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      });
      assert.ok([200, 400].includes(answer.status), `${method} ${answer.status}`);
      assert.equal(answer.headers.get("location"), null);
      assert.ok(!answer.headers.getSetCookie().some((cookie) => cookie.includes("vahva_session")));
    }
  assert.equal((await person.visitor.get("/account")).path, "/account");
});

test("ACT-3 T03 T75 no GET and no HEAD of any route changes an account, a method, a session, an invitation or a message", async () => {
  const kept = ["account", "authenticator", "password", "totp", "invitation", "invitation_link", "message"];
  const before = await everything();
  const sessions = () => service.db.selectFrom("session").select(["uid", "id_hash"]).orderBy("uid").execute();
  const sessionsBefore = await sessions();
  for (const { method, url } of service.routes.filter(isRead)) {
    const path = url.replace(/:(\w+)/g, (_, name: string) => places[name] ?? "x").replace("*", "vahva.css");
    for (const cookie of [cookieOf(person.visitor), strangersCookie, ""])
      for (const query of ["", "?pin=123456&step=choose&method=totp&code=123456&uid=x&form_token=x"]) {
        const answer = await fetch(service.url + path + query, { method, redirect: "manual", headers: { cookie } });
        await answer.arrayBuffer();
        assert.ok(answer.status < 500, `${method} ${path} ${answer.status}`);
      }
  }
  const changed = changedTables(before, await everything());
  assert.deepEqual(
    changed.filter((name) => kept.includes(name)),
    [],
  );
  assert.deepEqual(await sessions(), sessionsBefore);
});
