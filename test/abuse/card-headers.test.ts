import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { type CardService, openCardService } from "../grounds/card-service.ts";
import { part } from "../harness/parts.ts";
import { makeOrganisation } from "../harness/people.ts";

const openssl = part("openssl");
const skip = "missing" in openssl && openssl.missing;

let service: CardService;
before(async () => {
  if (!skip)
    service = await openCardService({ env: { VAHVA_CARD_HEADER: "nginx", VAHVA_CARD_PROXIES: "127.0.0.0/8" } });
});
after(() => service?.close());

const policy = { methods: { staff: { permitted: ["certificate", "passkey"] } } };
let count = 0;
const organisation = () => {
  count += 1;
  return makeOrganisation(service, `headers-${count}`, { policy });
};

type Sent = Readonly<Record<string, string | string[]>>;

/** As a proxy, or whoever reaches the port, would send it. */
function send(port: number, path: string, headers: Sent, localAddress = "127.0.0.1") {
  return new Promise<{ status: number; location: string }>((resolve, reject) => {
    const sent = request(
      { host: "localhost", family: localAddress.includes(":") ? 6 : 4, port, path, headers, localAddress },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? "" }));
      },
    );
    sent.once("error", reject).end();
  });
}

const byProxy = (card: string, verdict = "SUCCESS") => ({
  "x-ssl-client-cert": encodeURIComponent(service.pki.pem(card)),
  "x-ssl-client-verify": verdict,
});
/** Every header by which some proxy hands a certificate over. */
const spoofed = (card: string): Record<string, string> => ({
  ...byProxy(card),
  "client-cert": `:${service.pki.der(card).toString("base64")}:`,
  "x-forwarded-tls-client-cert": service.pki.der(card).toString("base64"),
  "x-forwarded-client-cert": `Cert="${encodeURIComponent(service.pki.pem(card))}"`,
});

test("SIN-4 the certificate that the listed proxy hands over signs in", { skip }, async () => {
  const koivula = await organisation();
  const { visitor } = await service.toLink(koivula);
  const url = new URL(await service.leave(visitor));
  const linked = await send(service.cardPort, url.pathname, byProxy("ec"));
  assert.match((await visitor.get(linked.location)).heading, /Your account is active/);
  const stranger = await service.toSignIn(`/sign-in?organisation=${koivula.slug}&to=account`);
  const { pathname } = new URL(await service.leave(stranger));
  const { location } = await send(service.cardPort, pathname, byProxy("ec"));
  assert.equal((await stranger.get(location)).path, "/account");
});

test("T38 what the proxy has not verified is refused, and so is the browser that showed none", { skip }, async () => {
  const koivula = await organisation();
  for (const [headers, heading] of [
    [byProxy("ec", "FAILED:self signed certificate"), /can’t be used here/],
    [byProxy("ec", "NONE"), /can’t be used here/],
    [{ "x-ssl-client-cert": "" }, /We did not receive a certificate/],
    [byProxy("expired", "FAILED:certificate has expired"), /has expired/],
  ] as const) {
    const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
    const { pathname } = new URL(await service.leave(visitor));
    const { location } = await send(service.cardPort, pathname, headers);
    assert.match((await visitor.get(location)).heading, heading, JSON.stringify(headers).slice(0, 60));
  }
});

test("T37 the header of anybody but the listed proxies is refused and audited, and uses nothing up", {
  skip,
}, async () => {
  const koivula = await organisation();
  const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
  const { pathname } = new URL(await service.leave(visitor));
  const own = await openCardService({
    env: { VAHVA_CARD_HEADER: "nginx", VAHVA_CARD_PROXIES: "192.0.2.7,2001:db8::/32" },
  });
  try {
    const answer = await send(own.cardPort, pathname, spoofed("ec"));
    assert.deepEqual([answer.status, answer.location], [403, ""]);
    assert.equal((await send(own.cardPort, pathname, {})).status, 403);
    assert.deepEqual(
      (await own.events("certificate.header-refused")).map(({ result }) => result),
      ["refused"],
    );
  } finally {
    await own.close();
  }
  const twice = {
    ...byProxy("ec"),
    "x-ssl-client-cert": [byProxy("ec")["x-ssl-client-cert"], byProxy("rsa")["x-ssl-client-cert"]],
  };
  assert.equal((await send(service.cardPort, pathname, twice)).status, 400);
  assert.equal((await send(service.cardPort, pathname, { ...byProxy("ec"), "X-SSL-Client-Cert": "x" })).status, 400);
  const { location } = await send(service.cardPort, pathname, byProxy("ec"));
  assert.match(location, /code=/, "the path is good yet");
});

test("T37 on the public listener such a header is refused wherever it comes, and signs nobody in", {
  skip,
}, async () => {
  const koivula = await organisation();
  const before = (await service.events("certificate.header-refused")).length;
  for (const path of [
    "/",
    "/sign-in",
    "/account",
    "/healthz",
    "/test/certificate",
    "/certificate/return",
    `/o/${koivula.slug}`,
  ])
    for (const [name, value] of Object.entries(spoofed("ec"))) {
      const { status } = await send(service.port, path, { [name]: value });
      assert.equal(status, 400, `${path} ${name}`);
    }
  const audited = (await service.events("certificate.header-refused")).length - before;
  assert.ok(audited > 0 && audited <= 20, `${audited}: an audit that nobody can fill`);
  const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
  assert.equal(visitor.page().status, 200);
});

test("T37 without a proxy configured no header is read at all", { skip }, async () => {
  const plain = await openCardService();
  try {
    const koivula = await makeOrganisation(plain, "plain", { policy });
    const visitor = await plain.toSignIn(`/sign-in?organisation=${koivula.slug}`);
    const answer = await plain.present(await plain.leave(visitor), null, { headers: spoofed("ec") });
    assert.match((await visitor.get(answer.location)).heading, /We did not receive a certificate/);
    const { status } = await send(plain.port, "/healthz", spoofed("ec"));
    assert.equal(status, 200);
  } finally {
    await plain.close();
  }
});
