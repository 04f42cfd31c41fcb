import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import type { Organisation } from "../../src/features/organisations/index.ts";
import { authorizeUrl, callback, makePkce } from "../grounds/provider-ground.ts";
import { makeVisitor, type Visitor } from "../harness/agent.ts";
import { type Activated, activatedAccount, invitedWithPin, linkTo, makeOrganisation } from "../harness/people.ts";
import { movableClock, type Service, startService } from "../harness/service.ts";
import { registerApplication } from "./application.ts";

const clock = movableClock();
let service: Service;
let organisation: Organisation;
let person: Activated;
before(async () => {
  service = await startService({ clock });
  organisation = await makeOrganisation(service);
  person = await activatedAccount(service, organisation);
});
after(() => service.close());

type Lie = { target?: string; headers: readonly string[] };

/** Every way in which a request can claim to have come to another address. */
function lies(): Lie[] {
  const real = `localhost:${service.port}`;
  return [
    { headers: ["Host: evil.example"] },
    { headers: [`Host: evil.example:${service.port}`] },
    { headers: [`Host: evil:x@${real}`] },
    { headers: [`Host: ${real}`, "Host: evil.example"] },
    { headers: [`Host: ${real}@evil.example`] },
    { headers: ["Host: evil.example/?"] },
    { headers: ["Host: "] },
    { target: "http://evil.example", headers: [`Host: ${real}`] },
    { headers: [`Host: ${real}`, "X-Forwarded-Host: evil.example"] },
    { headers: [`Host: ${real}`, "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: javascript"] },
    { headers: [`Host: ${real}`, "X-Forwarded-Proto: https", "X-Forwarded-Port: 1"] },
    { headers: [`Host: ${real}`, "X-Forwarded-Server: evil.example", "X-Host: evil.example"] },
    { headers: [`Host: ${real}`, "Forwarded: host=evil.example;proto=http"] },
    { headers: [`Host: ${real}`, "X-Original-URL: //evil.example", "X-Rewrite-URL: //evil.example"] },
    { headers: [`Host: ${real}`, "X-Forwarded-Prefix: //evil.example"] },
  ];
}

/** A request as it stands, since no library sends a broken one. */
function send(
  method: string,
  path: string,
  { target = "", headers }: Lie,
  body = "",
  more: string[] = [],
): Promise<string> {
  const about = body ? ["Content-Type: application/x-www-form-urlencoded", `Content-Length: ${body.length}`] : [];
  const head = [`${method} ${target}${path} HTTP/1.1`, ...headers, ...about, ...more, "Connection: close", "", ""];
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(service.port, "localhost", () => socket.write(head.join("\r\n") + body));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      said += chunk;
    });
    socket.on("close", () => resolve(said));
    socket.on("error", reject);
  });
}

const cookieOf = (visitor: Visitor) =>
  `Cookie: ${visitor
    .cookies()
    .map(({ name, value }) => `${name}=${value}`)
    .join("; ")}`;

const status = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

test("T09 A03 no page, redirect, document or form says anything of the host that a request claims", async () => {
  const client = await registerApplication(service);
  const paths = [
    "/sign-in",
    "/account",
    "/nowhere",
    "/signed-out",
    "/.well-known/openid-configuration",
    authorizeUrl(client, makePkce().challenge),
    authorizeUrl(client, makePkce().challenge, { redirect_uri: "https://elsewhere.example" }),
    "/sign-out",
  ];
  for (const lie of lies())
    for (const path of paths)
      for (const cookie of [cookieOf(person.visitor), "X-Nothing: 1"]) {
        const answer = await send("GET", path, lie, "", [cookie]);
        assert.ok(status(answer) < 500, `${path} ${JSON.stringify(lie)}: ${answer.slice(0, 200)}`);
        assert.doesNotMatch(answer, /evil/, `${path} ${JSON.stringify(lie)}`);
        const location = /^location: (.*)$/im.exec(answer)?.[1]?.trim() ?? "";
        const own = location === "" || /^\/(?![/\\])/.test(location) || location.startsWith(`${service.url}/`);
        assert.ok(own || location.startsWith(callback), `${path} ${JSON.stringify(lie)} → ${location}`);
      }
});

test("T09 A14 a page at an address that looks like another host's has no link that leads there", async () => {
  const usual = lies()[8] ?? { headers: [] };
  const addresses = [
    "//evil.example",
    "//evil.example/sign-in",
    "/.//evil.example",
    "/x/..//evil.example",
    "/\\evil.example",
    "/%5cevil.example",
    "///evil.example",
    "//",
    "//[",
    "//:80",
    "/nowhere?x=//evil.example",
  ];
  for (const address of addresses) {
    const answer = await send("GET", address, usual);
    assert.ok(status(answer) >= 400 && status(answer) < 500, `${address}: ${answer.slice(0, 100)}`);
    for (const [, href = ""] of answer.matchAll(/(?:href|action|src)="([^"]*)"/g)) {
      const { origin } = new URL(href.replaceAll("&amp;", "&"), service.url);
      const isOwn = origin === service.url || /^(tel|mailto):/.test(href);
      assert.ok(isOwn, `${address} has a link to ${href}`);
    }
  }
});

test("T09 ACT-8 A03 the link in a message leads to the configured address, whatever the request that asked for it claims", async () => {
  const invited = await invitedWithPin(service, organisation);
  const path = new URL(invited.link).pathname;
  await service.db
    .updateTable("invitation")
    .set({ expires_at: clock.now() })
    .where("id", "=", invited.invitationId)
    .execute();
  const visitor = makeVisitor(service.url);
  await visitor.get(path);
  const body = new URLSearchParams(visitor.hidden()).toString();
  let sent = 1;
  for (const lie of lies().slice(0, 5)) {
    clock.advance(61_000);
    const answer = await send("POST", `${path}/send-again`, lie, body, [cookieOf(visitor)]);
    if (status(answer) !== 303) continue;
    sent += 1;
    const link = await linkTo(service, invited.email, sent);
    assert.ok(link.startsWith(`${service.url}/activate/`), link);
    await service.db
      .updateTable("invitation")
      .set({ expires_at: clock.now() })
      .where("id", "=", invited.invitationId)
      .execute();
  }
  assert.ok(sent > 1, "some asked in vain, but not all");
});
