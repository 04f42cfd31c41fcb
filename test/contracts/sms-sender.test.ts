import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type HttpSmsOptions, makeHttpSmsSender } from "../../src/adapters/sms-http/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import type { Delivery } from "../../src/ports/mail-sender.ts";
import { fakeSmsSender, type Sms, type SmsSender } from "../../src/ports/sms-sender.ts";
import { noKannel, startKannel, type TestKannel } from "../doubles/kannel.ts";
import { type GatewayAnswer, startSmsGateway } from "../doubles/sms-gateway.ts";
import { until } from "../harness/service.ts";

const sms: Sms = { id: "0192f0c1-aaaa-7000", to: "+358401234567", text: "Kunta: PIN-koodisi on 123456 & äö €" };
const secrets = { user: new Secret("svc"), password: new Secret("zq p&w=") };
const reasonOf = (delivery: Delivery): string => (delivery.result === "delivered" ? "" : delivery.reason);

type Seen = { to: string; text: string };
type Bench = {
  sender: SmsSender;
  seen(): Promise<Seen[]>;
  failWith(result: "later" | "never"): void;
  stop(): Promise<void>;
};

/** What every SmsSender promises. */
function promises(title: string, start: () => Promise<Bench>) {
  describe(title, () => {
    let bench: Bench;
    before(async () => {
      bench = await start();
    });
    after(() => bench.stop());

    test("MSG-1 a text is delivered once, as it was written", async () => {
      assert.deepEqual(await bench.sender.send(sms), { result: "delivered" });
      assert.deepEqual(
        (await bench.seen()).map(({ to, text }) => ({ to, text })),
        [{ to: sms.to, text: sms.text }],
      );
    });

    for (const result of ["later", "never"] as const) {
      test(`MSG-1 a failure is an answer, not an exception: ${result}`, async () => {
        bench.failWith(result);
        const delivery = await bench.sender.send(sms);
        assert.equal(delivery.result, result);
        assert.doesNotMatch(reasonOf(delivery), /123456|40123|zq/u);
      });
    }
  });
}

promises("the fake", async () => {
  const fake = fakeSmsSender();
  return {
    sender: fake,
    seen: async () => fake.sent,
    failWith: (result) => fake.answer({ result, reason: "as told" }),
    stop: async () => {},
  };
});

promises("HTTP", async () => {
  const gateway = await startSmsGateway();
  const url = new Secret(`${gateway.url}/send?to={to}&text={text}&pass={password}`);
  return {
    sender: makeHttpSmsSender({ url, method: "GET", secrets }),
    seen: async () =>
      gateway.requests.map((request) => {
        const query = new URL(request.url, gateway.url).searchParams;
        return { to: query.get("to") ?? "", text: query.get("text") ?? "" };
      }),
    failWith: (result) => gateway.answer({ status: result === "later" ? 503 : 400 }),
    stop: gateway.stop,
  };
});

/** One message through a gateway of its own: what it saw, and what we made of its answer. */
async function attempt(
  options: Omit<HttpSmsOptions, "url"> & { path?: string },
  answer: GatewayAnswer | "silence" = { status: 200 },
) {
  const gateway = await startSmsGateway();
  gateway.answer(answer);
  const { path = "/?to={to}&text={text}", ...rest } = options;
  const delivery = await makeHttpSmsSender({ ...rest, url: new Secret(gateway.url + path) }).send(sms);
  await gateway.stop();
  return { delivery, requests: gateway.requests, request: gateway.requests[0] };
}

describe("HTTP templates", () => {
  test("MSG-1 a Twilio-like form: basic authentication, percent-encoded, nothing can be added to it", async () => {
    const body = "To={to}&From={from}&Body={text}";
    const basic = { user: "AC1", password: new Secret("tok") };
    const { delivery, request } = await attempt({ path: "/", method: "POST", body, basic, from: "KUNTA" });
    assert.deepEqual(delivery, { result: "delivered" });
    assert.equal(request?.headers.authorization, `Basic ${Buffer.from("AC1:tok").toString("base64")}`);
    assert.equal(request.headers["content-type"], "application/x-www-form-urlencoded");
    assert.deepEqual(
      [...new URLSearchParams(request.body)],
      [
        ["To", sms.to],
        ["From", "KUNTA"],
        ["Body", sms.text],
      ],
    );
  });

  test("MSG-1 JSON: quotes and line breaks stay inside their string; an idempotency header holds the id", async () => {
    const gateway = await startSmsGateway();
    const sender = makeHttpSmsSender({
      url: new Secret(`${gateway.url}/v1`),
      method: "POST",
      headers: {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": "{id}",
        Authorization: "Bearer {password}",
      },
      body: '{"to":"{to_digits}","msg":{"text":"{text}","id":"{id}"}}',
      secrets,
    });
    const text = 'a","to":"+3584000000\n\\ 🙂 {to} {password}';
    await sender.send({ ...sms, text });
    const [request] = gateway.requests;
    await gateway.stop();
    assert.deepEqual(JSON.parse(request?.body ?? ""), { to: "358401234567", msg: { text, id: sms.id } });
    assert.equal(request?.headers["idempotency-key"], sms.id);
    assert.equal(request.headers.authorization, "Bearer zq p&w=");
  });

  test("MSG-1 XML is escaped", async () => {
    const headers = { "content-type": "text/xml" };
    const { request } = await attempt({ method: "POST", headers, body: "<m to='{to}'>{text}</m>" });
    assert.equal(request?.body, "<m to='+358401234567'>Kunta: PIN-koodisi on 123456 &amp; äö €</m>");
  });

  test("MSG-1 a login in the address becomes basic authentication", async () => {
    const gateway = await startSmsGateway();
    const url = new Secret(`${gateway.url.replace("//", "//svc:p%40w@")}/?to={to}&text={text}`);
    assert.deepEqual(await makeHttpSmsSender({ url, method: "GET" }).send(sms), { result: "delivered" });
    assert.equal(gateway.requests[0]?.headers.authorization, `Basic ${Buffer.from("svc:p@w").toString("base64")}`);
    await gateway.stop();
  });

  test("OPS-2 a template that can't work is refused at the start, without quoting the address", () => {
    const wrong: HttpSmsOptions[] = [
      { url: new Secret("http://zq-host/?to={to}"), method: "GET" },
      { url: new Secret("http://zq-host/?text={text}"), method: "GET" },
      { url: new Secret("http://{to}.zq-host/?text={text}"), method: "GET" },
      { url: new Secret("http://zq-host/?to={to}&text={text}&p={pasword}"), method: "GET", secrets },
      { url: new Secret("ftp://zq-host/?to={to}&text={text}"), method: "GET" },
      {
        url: new Secret("http://zq-host/"),
        method: "POST",
        body: "{to}{text}",
        headers: { "content-type": "image/png" },
      },
    ];
    for (const options of wrong) {
      assert.throws(
        () => makeHttpSmsSender(options),
        (error: Error) => error.name === "PlainError" && !/zq-host/u.test(error.message),
      );
    }
  });
});

describe("HTTP answers", () => {
  for (const [status, result] of [
    [200, "delivered"],
    [202, "delivered"],
    [302, "later"],
    [400, "never"],
    [422, "never"],
    [401, "later"],
    [402, "later"],
    [403, "later"],
    [404, "later"],
    [408, "later"],
    [429, "later"],
    [500, "later"],
    [503, "later"],
  ] as const) {
    test(`MSG-1 the status ${status} means ${result}`, async () => {
      const headers = { location: "http://127.0.0.1:1/" };
      const { delivery, requests } = await attempt({ method: "GET" }, { status, headers, body: "zq-words 123456" });
      assert.equal(delivery.result, result);
      assert.doesNotMatch(reasonOf(delivery), /zq|123456|127\.0/u);
      assert.equal(requests.length, 1, "a redirect is not followed");
    });
  }

  test("MSG-1 a 200 that says no in its body is not taken for a yes", async () => {
    const accepted = { status: [200, [202, 204]], bodyMatches: "^OK" } satisfies HttpSmsOptions["accepted"];
    assert.equal(
      (await attempt({ method: "GET", accepted }, { status: 200, body: "ERR no credit" })).delivery.result,
      "later",
    );
    assert.equal((await attempt({ method: "GET", accepted }, { status: 206, body: "OK" })).delivery.result, "later");
    assert.equal(
      (await attempt({ method: "GET", accepted }, { status: 202, body: "OK 17" })).delivery.result,
      "delivered",
    );
  });

  test("MSG-1 the gateway's wish to wait is passed on, a day at most", async () => {
    const wish = async (value: string) => {
      const { delivery } = await attempt({ method: "GET" }, { status: 429, headers: { "retry-after": value } });
      return delivery.result === "later" ? delivery.retryAfter : "not later";
    };
    assert.equal(await wish("120"), 120_000);
    assert.equal(await wish("999999999"), undefined);
    assert.equal(await wish("soon"), undefined);
    const dated = await wish(new Date(Date.now() + 60_000).toUTCString());
    assert.ok(typeof dated === "number" && dated > 50_000 && dated <= 60_000);
  });

  test("MSG-1 silence and nobody listening mean later, and the address stays out of the reason", async () => {
    const silent = await attempt({ method: "GET", timeout: 150 }, "silence");
    assert.deepEqual(silent.delivery, { result: "later", reason: "the SMS gateway did not answer in 0.15 s" });
    const url = new Secret("http://127.0.0.1:9/zq?to={to}&text={text}");
    const refused = await makeHttpSmsSender({ url, method: "GET" }).send(sms);
    assert.equal(refused.result, "later");
    assert.doesNotMatch(reasonOf(refused), /zq|127/u);
  });

  test("MSG-1 an endless answer is read to 64 KB only", async () => {
    const body = `${"x".repeat(5_000_000)}OK`;
    const { delivery } = await attempt({ method: "GET", accepted: { bodyMatches: "OK$" } }, { status: 200, body });
    assert.equal(delivery.result, "later");
  });
});

describe("Kannel", { skip: noKannel() }, () => {
  let kannel: TestKannel;
  let sender: SmsSender;
  before(async () => {
    kannel = await startKannel();
    const query =
      "username={user}&password={password}&from={from}&to={to}&charset={charset}&coding={coding}&text={text}";
    const url = new Secret(`${kannel.sendsmsUrl}?${query}`);
    const login = { user: new Secret("svc"), password: new Secret("svcpw") };
    sender = makeHttpSmsSender({ url, method: "GET", from: "KUNTA", secrets: login });
  });
  after(() => kannel.stop());

  const received = (count: number): Promise<Seen[]> =>
    until(async () => {
      const seen = await kannel.received();
      return seen.length >= count && seen;
    }, `${count} messages`);

  test("MSG-1 a real gateway takes GSM letters, an emoji and a long text", async () => {
    const texts = [sms.text, "Hyvää päivää 🙂 š", "Lång text med åäö och €. ".repeat(12)];
    for (const text of texts) assert.deepEqual(await sender.send({ ...sms, text }), { result: "delivered" });
    assert.deepEqual(
      await received(3),
      texts.map((text) => ({ to: sms.to, text })),
    );
  });

  test("MSG-1 a wrong password at the gateway is the operator's to mend", async () => {
    const url = new Secret(`${kannel.sendsmsUrl}?username=svc&password=wrong&to={to}&text={text}`);
    assert.equal((await makeHttpSmsSender({ url, method: "GET" }).send(sms)).result, "later");
  });

  test("MSG-1 an outage behind the gateway loses nothing", async () => {
    const before = (await kannel.received()).length;
    await kannel.stopSmsc();
    assert.deepEqual(await sender.send({ ...sms, text: "katkon aikana" }), { result: "delivered" });
    await kannel.startSmsc();
    const seen = await received(before + 1);
    assert.deepEqual(seen.at(-1), { to: sms.to, text: "katkon aikana" });
  });
});
