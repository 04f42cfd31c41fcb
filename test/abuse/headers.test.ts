import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { authorizeUrl, makePkce } from "../grounds/provider-ground.ts";
import { activatedAccount, makeOrganisation } from "../harness/people.ts";
import { registerApplication } from "./application.ts";
import { openSecureService, type SecureService } from "./secure-service.ts";

let service: SecureService;
let cookie: string;
const seen: string[] = [];
before(async () => {
  service = await openSecureService();
  const organisation = await makeOrganisation(service);
  const { visitor } = await activatedAccount(service, organisation);
  cookie = visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
});
after(() => service.close());

const wanted: Record<string, RegExp> = {
  "content-security-policy": /^default-src 'none'; (?!.*unsafe).*frame-ancestors 'none'/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^no-referrer$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "strict-transport-security": /^max-age=63072000; includeSubDomains$/,
  "cache-control": /no-store/,
};
/** The same for everybody, so that they may be kept. */
const mayBeKept = /^\/(assets\/|favicon\.ico|brand\/|jwks|\.well-known\/)/;

function check(what: string, path: string, answer: Response): void {
  for (const [name, form] of Object.entries(wanted)) {
    if (name === "cache-control" && mayBeKept.test(path) && answer.status < 400) continue;
    assert.match(answer.headers.get(name) ?? "", form, `${what}: ${name} (${answer.status})`);
  }
  assert.equal(answer.headers.get("x-powered-by"), null);
  assert.equal(answer.headers.get("server"), null);
  for (const header of answer.headers.getSetCookie()) {
    seen.push(header);
    assert.match(header, /^(__Host-vahva_(browser|session|language)|__Secure-vahva_(request|resume))=/, what);
    for (const attribute of [/; Secure/, /; HttpOnly/, /; SameSite=Lax/, /; Path=\//])
      assert.match(header, attribute, what);
    assert.doesNotMatch(header, /; Domain=/i, what);
  }
}

test("T74 every route's answer carries the headers and cookies of a safe page, signed in or not, right or wrong", async () => {
  assert.ok(service.routes.length > 50);
  for (const { method, url } of service.routes)
    for (const signedIn of [cookie, ""])
      for (const value of ["x", "00000000-0000-4000-8000-000000000000", "%00", "A".repeat(300)]) {
        const path = url.replace(/:\w+/g, value).replace("*", value === "x" ? "vahva.css" : value);
        if (path === url && value !== "x") continue;
        const answer = await fetch(service.url + path, { method, redirect: "manual", headers: { cookie: signedIn } });
        await answer.arrayBuffer();
        assert.ok(answer.status < 500, `${method} ${path}: ${answer.status}`);
        check(`${method} ${path}`, path, answer);
      }
});

test("T98 null characters and names sent twice in what follows the address of any page are no fault of ours", async () => {
  const source = globSync("src/features/**/*.ts").map((file) => readFileSync(file, "utf8"));
  const named = source.flatMap((text) => [...text.matchAll(/\b(?:Querystring: \{|query\.)([^}\n]*)/g)]);
  const names = new Set(
    named.flatMap(([, part]) => [...(part ?? "").matchAll(/(\w+)(?=\?:)|^(\w+)/g)].map(([name]) => name)),
  );
  for (const name of ["client_id", "redirect_uri", "login_hint", "lang"]) names.add(name);
  assert.ok(names.size > 10 && names.has("organisation") && names.has("journey"), [...names].join(" "));
  const queries = ["%00", "a%00", "%F0%9F%98%80", "%ff"].flatMap((value) =>
    [...names].flatMap((name) => [`${name}=${value}`, `${name}=a&${name}=${value}`]),
  );
  for (const { method, url } of service.routes) {
    if (method !== "GET") continue;
    const path = url.replace(/:\w+/g, "x").replace("*", "x");
    // All at once, and what a page may look at first alone.
    for (const query of [
      queries.join("&"),
      ...["%00", "a%00"].map((value) => [...names].map((name) => `${name}=${value}`).join("&")),
      "organisation=%00",
      "client_id=%00",
    ]) {
      const answer = await fetch(`${service.url}${path}?${query}`, { redirect: "manual", headers: { cookie } });
      await answer.arrayBuffer();
      assert.ok(answer.status < 500, `${path}?${query.slice(0, 60)}: ${answer.status}`);
    }
  }
});

test("T74 SIN-12 so does every error: no such page, method, form, too long, not understood", async () => {
  const text = { "content-type": "text/plain" };
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const client = await registerApplication(service);
  const asked: [string, number, string, RequestInit][] = [
    ["no such page", 404, "/nowhere", {}],
    ["no such page for a post", 404, "/nowhere", { method: "POST", headers: form, body: "x=1" }],
    ["an unknown link", 404, "/activate/unknown", {}],
    ["a page that only posts have", 405, "/account/password", {}],
    ["a wrong method", 404, "/sign-in", { method: "DELETE" }],
    ["an unknown type", 400, "/account/password", { method: "POST", headers: text, body: "x" }],
    [
      "half JSON",
      400,
      "/account/password",
      { method: "POST", headers: { "content-type": "application/json" }, body: "{" },
    ],
    ["too long a form", 400, "/account/password", { method: "POST", headers: form, body: "x".repeat(70_000) }],
    // Fastify answers these two before any hook, by itself with its own words and without our headers.
    ["a broken address", 400, "/%", {}],
    ["a token longer than any", 404, `/activate/${"A".repeat(300)}`, {}],
    [
      "an application's wrong address",
      400,
      authorizeUrl(client, makePkce().challenge, { redirect_uri: "https://evil.example" }),
      {},
    ],
    ["no application", 400, "/authorize", {}],
    ["a stale sign-in", 410, "/authorize/unknown", {}],
    ["an unknown code", 400, "/token", { method: "POST", headers: form, body: "grant_type=authorization_code&code=x" }],
    ["a token that is none", 401, "/userinfo", { headers: { authorization: "Bearer x" } }],
    ["a sign-out that does not fit", 400, "/sign-out?client_id=unknown", {}],
  ];
  for (const [what, status, path, init] of asked) {
    const answer = await fetch(service.url + path, { redirect: "manual", ...init });
    const body = await answer.text();
    check(what, path, answer);
    assert.equal(answer.status, status, what);
    assert.doesNotMatch(body, /\bat .*\.(ts|js|mjs):\d+|node_modules|FST_ERR|Error:/, `${what} shows how it is made`);
  }
});

test("T74 the cookies that were seen are all there are", () => {
  const names = new Set(seen.map((header) => header.split("=")[0]));
  assert.ok(names.has("__Host-vahva_browser"));
  const session = `__Host-vahva_session`;
  assert.ok(cookie.includes(session), cookie);
});

test("T74 a request that is no HTTP gets a bare refusal and no page", async () => {
  for (const text of ["nonsense\r\n\r\n", "GET / HTTP/1.1\r\nbroken header\r\n\r\n", "GET /sign-in HTTP/1.1\r\n\r\n"]) {
    const answer = await raw(text);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(answer, /<html|\.ts:|set-cookie/i);
  }
});

function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(service.port, "localhost", () => socket.write(text));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      said += chunk;
    });
    socket.on("close", () => resolve(said));
    socket.on("error", reject);
  });
}
