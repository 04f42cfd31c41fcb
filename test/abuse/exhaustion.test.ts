import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { authorizeUrl, makePkce } from "../grounds/provider-ground.ts";
import { describe, makeVisitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, makeOrganisation, signInHere } from "../harness/people.ts";
import { readPage } from "../harness/read-page.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";
import { registerApplication } from "./application.ts";

const clock = movableClock();
let service: Service;
let person: Activated;
const open: Socket[] = [];
before(async () => {
  service = await startService({ clock });
  person = await activatedAccount(service, await makeOrganisation(service));
});
after(async () => {
  for (const socket of open) socket.destroy();
  await service.close();
});

const form = { "content-type": "application/x-www-form-urlencoded" };

/** It is well, and a person signs in. */
async function checkWell(): Promise<void> {
  for (const path of ["/healthz", "/readyz"]) assert.equal((await fetch(service.url + path)).status, 200, path);
  const visitor = makeVisitor(service.url);
  await visitor.get("/sign-in?organisation=koivula");
  clock.advance(30_000);
  const page = await signInHere(visitor, person);
  assert.ok(
    visitor.cookies().some(({ name }) => name === "vahva_session"),
    describe(page),
  );
}

test("T98 OPS-3 three hundred requests that never end hold up nobody", async () => {
  for (let index = 0; index < 300; index += 1) {
    const socket = connect(service.port, "localhost");
    socket.on("error", () => {});
    open.push(socket);
    socket.write(
      index % 2 === 0
        ? "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
        : "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\na=",
    );
  }
  await checkWell();
});

test("T98 a megabyte of headers, a thousand cookies and an endless address are refused and cost nothing", async () => {
  const heap = process.memoryUsage().rss;
  const asked: [string, RequestInit, string?][] = [
    [
      "headers",
      { headers: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`x-${at}`, "a".repeat(10_000)])) },
    ],
    ["cookies", { headers: { cookie: Array.from({ length: 3_000 }, (_, at) => `vahva_session=${at}`).join("; ") } }],
    ["an address", {}, `/sign-in?${"a".repeat(900_000)}`],
  ];
  for (const [what, init, path = "/account"] of asked) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(service.url + path, { redirect: "manual", ...init }).catch(() => null)),
    );
    for (const answer of answers) {
      assert.ok(!answer || (answer.status >= 400 && answer.status < 500), `${what}: ${answer?.status}`);
      await answer?.arrayBuffer();
    }
  }
  const cookie = Array.from({ length: 500 }, (_, at) => `a${at}=${at}`).join("; ");
  const many = await fetch(`${service.url}/sign-in`, { redirect: "manual", headers: { cookie } });
  assert.equal(many.status, 303, "many, but not too many");
  await checkWell();
  assert.ok(process.memoryUsage().rss - heap < 300e6);
});

test("T98 T15 huge forms, many fields, deep and poisoned ones are bounded: 4xx, and no 500", async () => {
  const own = makeVisitor(service.url);
  await own.get("/sign-in?organisation=koivula");
  const token = own.hidden({ username: "" }).form_token ?? "";
  const cookie = own
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  const usual = `form_token=${token}&step=password`;
  const bodies: Record<string, string> = {
    "a megabyte": `${usual}&username=a&password=${"x".repeat(1_000_000)}`,
    "sixty thousand characters of a password": `${usual}&username=a&password=${"x".repeat(60_000)}`,
    "ten thousand fields": `${usual}&${Array.from({ length: 10_000 }, (_, at) => `a${at}=`).join("&")}`,
    "the prototype": `${usual}&__proto__=x&constructor=y&__proto__[isAdmin]=1&constructor.prototype.a=1&username=a&password=b`,
    "fields twice": `${usual}&username=a&username=b&password=c&password=d`,
    "arrays and objects": `${usual}&username[]=a&password[a]=b&pin[$ne]=1`,
    "null characters": `${usual}&username=a%00b&password=%00`,
    "half a character": `${usual}&username=%ff%fe%ed%a0%80&password=%ff`,
    "a broken escape": `${usual}&username=%&password=%zz`,
    "nothing but signs": "&&&&====%%%%",
    "a step that is none": `form_token=${token}&step=__proto__`,
    "a step of every object": `form_token=${token}&step=constructor`,
    "a method of every object": `form_token=${token}&step=choose&method=toString`,
  };
  const { url } = own.page();
  for (const [what, body] of Object.entries(bodies)) {
    const answer = await fetch(url, { method: "POST", headers: { ...form, cookie }, body, redirect: "manual" });
    await answer.arrayBuffer();
    assert.ok(answer.status === 303 || (answer.status >= 400 && answer.status < 500), `${what}: ${answer.status}`);
    assert.ok((answer.headers.get("location") ?? "/journey/").startsWith("/journey/"), what);
    const page = await own.get(url);
    assert.equal(page.status, 200, what);
    assert.ok(
      page.forms.some(({ fields }) => "password" in fields),
      `${what}: ${describe(page)}`,
    );
  }
  // Nothing of it has reached the objects of this process.
  assert.equal(Object.hasOwn(Object.prototype, "isAdmin"), false);
  await checkWell();
});

test("T98 JSON where forms are expected: deep, poisoned, of other types — refused, and no 500", async () => {
  const json = { "content-type": "application/json" };
  const bodies = [
    "[".repeat(30_000) + "]".repeat(30_000),
    '{"__proto__":{"isAdmin":true},"form_token":"x"}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"form_token":["a"],"pin":{"$ne":1},"code":123456,"username":null}',
    "null",
    "1e999",
    "",
  ];
  const { visitor } = person;
  const cookie = visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ");
  const paths = [
    "/account/password",
    "/account/sign-out",
    "/test/code",
    "/activate/x",
    "/journey/x",
    "/sign-out/confirm",
  ];
  for (const path of [...paths, "/token", "/introspect", "/par", "/sign-out", "/authorize"])
    for (const body of bodies) {
      const answer = await fetch(service.url + path, {
        method: "POST",
        headers: { ...json, cookie },
        body,
        redirect: "manual",
      });
      await answer.arrayBuffer();
      const isBounded = answer.status >= 400 && answer.status < 500;
      const asksOnly = ["/sign-out", "/authorize"].includes(path) && [200, 303].includes(answer.status);
      assert.ok(isBounded || asksOnly, `${path} ${body.slice(0, 40)}: ${answer.status}`);
    }
  assert.equal((await visitor.get("/account")).path, "/account", "still signed in");
  await checkWell();
});

test("T98 T15 fifty huge passwords at once are turned away without a hash, and a person signs in meanwhile", async () => {
  const visitors = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const visitor = makeVisitor(service.url);
      await visitor.get("/sign-in?organisation=koivula");
      return visitor;
    }),
  );
  const guesses = async () => {
    const rows = await service.db.selectFrom("throttle").select("count").where("key", "like", "password:%").execute();
    return rows.reduce((sum, { count }) => sum + count, 0);
  };
  const before = await guesses();
  const password = "x".repeat(50_000);
  const storm = Promise.all(visitors.map((visitor) => visitor.submit({ username: person.email, password })));
  await checkWell();
  for (const page of await storm) assert.ok(page.status < 500, describe(page));
  assert.ok((await guesses()) <= before, "they were no guesses");
});

test("SIN-8 SIN-12 a browser that keeps no cookies is told so, and is not sent to and fro for ever", async () => {
  const client = await registerApplication(service);
  for (const begin of ["/sign-in", "/account", authorizeUrl(client, makePkce().challenge)]) {
    let answer = await fetch(service.url + begin, { redirect: "manual" });
    let hops = 0;
    for (let to = answer.headers.get("location"); to && hops < 6; hops += 1) {
      answer = await fetch(new URL(to, service.url), { redirect: "manual" });
      to = answer.headers.get("location");
    }
    const page = readPage(await answer.text());
    assert.equal(answer.status, 400, `${begin} after ${hops} redirects`);
    assert.match(page.heading, /cookies|evästeet/i);
    assert.ok(
      page.links.some(({ href }) => href.startsWith("/sign-in")),
      "a way on",
    );
  }
  // An old address in a browser that keeps them leads on without a question.
  const visitor = makeVisitor(service.url);
  const page = await visitor.get("/journey/00000000-0000-4000-8000-000000000000");
  assert.ok(
    page.forms.some(({ fields }) => "password" in fields),
    describe(page),
  );
});
