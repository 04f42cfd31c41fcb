import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeVisitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, makeOrganisation } from "../harness/people.ts";
import { type Service, startService } from "../harness/service.ts";

let service: Service;
let aino: Activated;
before(async () => {
  service = await startService();
  aino = await activatedAccount(service, await makeOrganisation(service));
});
after(() => service.close());

const machines = ["/healthz", "/readyz", "/metrics", "/.well-known/openid-configuration", "/jwks"];

test("OPS-3 health, readiness and metrics answer programs", async () => {
  const get = async (path: string) => {
    const answer = await fetch(service.url + path);
    return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
  };
  assert.deepEqual(JSON.parse((await get("/healthz")).text), { status: "ok" });
  assert.deepEqual(JSON.parse((await get("/readyz")).text), { status: "ready" });
  const metrics = await get("/metrics");
  assert.match(metrics.type, /text\/plain/);
  for (const line of [
    /^vahva_events_total\{type="account.activated",result="done"\} [1-9]/m,
    /^vahva_messages_total\{channel="sms",template="pin",result="delivered"\} [1-9]/m,
    /^vahva_http_request_seconds_count\{method="POST",route="\/activate\/:token",status="303"\} [1-9]/m,
    /^process_resident_memory_bytes \d+/m,
  ])
    assert.match(metrics.text, line);
  assert.ok(!metrics.text.includes(aino.email));
});

test("SIN-12 every failure shows what happened, what to do, a reference and a way on", async () => {
  const person = makeVisitor(service.url);
  await person.get("/sign-in?organisation=koivula");
  const { path } = person.page();
  const failures: [status: number, answer: () => Promise<unknown>][] = [
    [404, () => person.get("/no/such/page")],
    [404, () => person.get(`/${"x".repeat(3000)}`)],
    [405, () => person.get("/account/sign-out")],
    [410, () => person.post(path, { form_token: "another site's", step: "password" })],
    [410, () => person.post(path, {}, { headers: { "sec-fetch-site": "cross-site" } })],
    [400, () => makeVisitor(service.url).post(path, { step: "password" })],
    [400, () => person.post(path, {}, { body: "{", headers: { "content-type": "application/json" } })],
    [400, () => person.post(path, {}, { body: "x".repeat(100_000) })],
  ];
  for (const [status, answer] of failures) {
    const page = (await answer()) as Awaited<ReturnType<typeof person.get>>; // whichever visitor asked
    assert.equal(page.status, status, page.heading);
    assert.ok(page.heading.length > 5 && page.title.includes(page.heading));
    assert.match(page.text, /Reference [0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{2}/);
    assert.ok(
      page.links.some(({ href }) => href.startsWith("/sign-in")),
      page.heading,
    );
    assert.doesNotMatch(page.text, /\bat (?:async )?\w+ \(|node_modules|Error:|undefined|\[object/);
  }
});

test("SIN-8 a form that lacks its fields leads back to its page", async () => {
  const person = makeVisitor(service.url);
  await person.get("/sign-in?organisation=koivula");
  const { form_token = "" } = person.hidden();
  await person.post(person.page().path, { form_token });
  assert.match(person.page().heading, /Sign in with your password/);
  await person.post(person.page().path, { form_token, step: "password" });
  assert.match(person.page().heading, /Sign in with your password/);
});

test("T75 no form is taken without its token, from another browser or from another site", async () => {
  const thief = makeVisitor(service.url);
  await thief.get("/sign-in");
  const foreign = thief.hidden().form_token ?? "";
  const { visitor: owner } = aino;
  await owner.get("/account");
  const own = owner.page().forms[0]?.fields.form_token ?? "";
  const posts = [
    "/account/sign-out",
    "/account/password",
    "/account/sessions/end-others",
    "/account/sessions/end",
    "/test/code",
  ];
  for (const path of posts) {
    for (const form_token of ["", foreign, `${own}x`]) {
      const page = await owner.post(path, { form_token });
      assert.equal(page.status, 410, `${path} took the token "${form_token}"`);
    }
    const elsewhere: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of elsewhere)
      assert.equal((await owner.post(path, { form_token: own }, { headers })).status, 410);
    const json = { headers: { "content-type": "text/plain" }, body: JSON.stringify({ form_token: own }) };
    assert.ok((await owner.post(path, {}, json)).status >= 400);
  }
  assert.equal((await owner.get("/account")).path, "/account");
});

test("T74 every answer, errors too, carries the headers that keep it safe; cookies are closed to scripts", async () => {
  const paths = ["/sign-in", "/account", "/test/code", aino.link, "/no/such", "/signed-out", ...machines];
  for (const path of paths) {
    const answer = await fetch(new URL(path, service.url), { redirect: "manual" });
    const { headers } = answer;
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer", path);
    if (!path.startsWith("/.well-known") && path !== "/jwks")
      assert.equal(headers.get("cache-control"), "no-store", path);
    for (const cookie of headers.getSetCookie()) assert.match(cookie, /Path=\/; .*HttpOnly; .*SameSite=Lax/i, path);
    assert.equal(headers.get("x-powered-by"), null);
    assert.equal(headers.get("server"), null);
  }
});

test("GUI-1 each page is there in three languages, switches them, and keeps the choice", async () => {
  const person = makeVisitor(service.url, { "accept-language": "de" });
  const paths = [
    "/sign-in?organisation=koivula",
    "/test/code",
    "/signed-out?organisation=koivula",
    "/no/such",
    "/activate/x",
  ];
  for (const path of paths) {
    const headings = new Set<string>();
    for (const [language, name] of [
      ["sv", "Svenska"],
      ["en", "English"],
      ["fi", "Suomi"],
    ] as const) {
      await person.get(path);
      await person.click(name);
      assert.equal(person.page().language, language, path);
      headings.add(person.page().heading);
      assert.equal((await person.get(path)).language, language, "the choice is kept");
      assert.doesNotMatch(person.page().text, /\{\{|\b[a-z-]+:[a-z-]+-[a-z-]+\b/);
    }
    assert.equal(headings.size, 3, path);
  }
  assert.equal(
    (await makeVisitor(service.url, { "accept-language": "sv-FI,sv;q=0.9" }).get("/test/code")).language,
    "sv",
  );
});
