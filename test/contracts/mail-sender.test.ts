import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { makeSmtpSender, type SmtpOptions } from "../../src/adapters/smtp/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { type Delivery, fakeMailSender, type Mail, type MailSender } from "../../src/ports/mail-sender.ts";
import { startSmtpServer, type TestSmtpServer } from "../doubles/smtp-server.ts";

const mail: Mail = {
  id: "0192f0c1-aaaa-7000-8000-000000000001",
  to: "aino@example.test",
  fromName: "Esimerkin kunta",
  subject: "Ota tilisi käyttöön – åäö €",
  text: "Hei Aino!\n\nSisältö 🙂 zq-contents",
  html: "<p>Hei <b>Aino</b>! åäö 🙂</p>",
};

type Seen = { id: string; to: string; fromName: string; subject: string; text: string; html: string };
type Bench = { sender: MailSender; seen(): Seen[]; failWith(result: "later" | "never"): void; stop(): Promise<void> };

const reasonOf = (delivery: Delivery): string => (delivery.result === "delivered" ? "" : delivery.reason);

/** What every MailSender promises; the features are tested against the fake on the strength of this. */
function promises(title: string, start: () => Promise<Bench>) {
  describe(title, () => {
    let bench: Bench;
    before(async () => {
      bench = await start();
    });
    after(() => bench.stop());

    test("MSG-1 a mail is delivered once, as it was written", async () => {
      assert.deepEqual(await bench.sender.send(mail), { result: "delivered" });
      const [seen, ...others] = bench.seen();
      assert.equal(others.length, 0);
      assert.deepEqual(seen, { ...mail, text: mail.text });
    });

    for (const result of ["later", "never"] as const) {
      test(`MSG-1 a failure is an answer, not an exception: ${result}`, async () => {
        const count = bench.seen().length;
        bench.failWith(result);
        const delivery = await bench.sender.send({ ...mail, to: "other@example.test" });
        assert.equal(delivery.result, result);
        assert.doesNotMatch(reasonOf(delivery), /zq-contents|other@|Aino/u);
        assert.equal(bench.seen().length, count);
      });
    }
  });
}

promises("the fake", async () => {
  const fake = fakeMailSender();
  return {
    sender: fake,
    seen: () => fake.sent,
    failWith: (result) => fake.answer({ result, reason: "as told" }),
    stop: async () => {},
  };
});

const optionsFor = (server: TestSmtpServer, more: Partial<SmtpOptions> = {}): SmtpOptions => ({
  host: server.host,
  port: server.port,
  security: "starttls",
  user: server.user,
  password: new Secret(server.password),
  from: "vahva@kunta.test",
  ca: server.ca,
  timeout: 3000,
  ...more,
});

promises("SMTP with STARTTLS and a sign-in", async () => {
  const server = await startSmtpServer();
  const sender = makeSmtpSender(optionsFor(server));
  return {
    sender,
    seen: () =>
      server.inbox.map(({ messageId, from, to, subject, text, html }) => ({
        id: messageId.slice(1, messageId.indexOf("@")),
        to,
        fromName: from.replace(/^"?(.*?)"? <.*$/u, "$1"),
        subject,
        text: text.trimEnd(),
        html: html.trimEnd(),
      })),
    failWith: (result) =>
      server.setFault("other@example.test", result === "later" ? "451 4.2.2 busy" : "550 5.1.1 no such user"),
    stop: async () => {
      sender.close();
      await server.stop();
    },
  };
});

/** One attempt from a fresh sender against a server of its own. */
async function attempt({
  server: serverOptions = {},
  options = () => ({}),
  to = mail.to,
  fault,
  sent = mail,
}: {
  server?: Parameters<typeof startSmtpServer>[0];
  options?: (server: TestSmtpServer) => Partial<SmtpOptions>;
  to?: string;
  fault?: string;
  sent?: Mail;
} = {}) {
  const server = await startSmtpServer(serverOptions);
  if (fault) server.setFault(to, fault);
  const sender = makeSmtpSender(optionsFor(server, options(server)));
  const verified = await sender.verify();
  const delivery = await sender.send({ ...sent, to });
  sender.close();
  await server.stop();
  return { delivery, verified, inbox: server.inbox };
}

describe("SMTP", () => {
  test("MSG-1 TLS from the first byte works too, and the doctor's sentence says so", async () => {
    const { delivery, verified, inbox } = await attempt({
      server: { mode: "tls" },
      options: () => ({ security: "tls" }),
    });
    assert.deepEqual(delivery, { result: "delivered" });
    assert.equal(verified.ok, true);
    assert.match(verified.says, /^Mail server localhost:\d+: connected, TLS, signed in\.$/u);
    assert.equal(inbox[0]?.tls, true);
  });

  test("MSG-1 the headers of an automatic message: Message-ID, Date, Auto-Submitted, both parts, one recipient", async () => {
    const { inbox } = await attempt();
    const received = inbox[0];
    assert.ok(received?.tls);
    assert.equal(received.messageId, `<${mail.id}@kunta.test>`);
    assert.deepEqual(received.envelope, { from: "vahva@kunta.test", to: [mail.to] });
    assert.equal(received.headers.get("auto-submitted"), "Auto-Submitted: auto-generated");
    assert.ok(received.headers.has("date"));
    assert.match(received.headers.get("content-type") ?? "", /multipart\/alternative/u);
    assert.ok(!received.headers.has("x-mailer"));
  });

  test("MSG-1 a server without STARTTLS gets neither the mail nor the password", async () => {
    const { delivery, verified, inbox } = await attempt({ server: { mode: "no-tls" } });
    assert.equal(delivery.result, "later");
    assert.match(reasonOf(delivery), /no trusted TLS connection/u);
    assert.equal(verified.ok, false);
    assert.equal(inbox.length, 0);
  });

  test("MSG-1 without TLS only where the operator says so, and never with a password to another machine", async () => {
    const { delivery } = await attempt({ server: { mode: "no-tls" }, options: () => ({ security: "none" }) });
    assert.deepEqual(delivery, { result: "delivered" });
    const remote = {
      host: "mail.test",
      port: 25,
      security: "none",
      user: "a",
      from: "a@b.test",
      timeout: 1000,
    } as const;
    assert.throws(() => makeSmtpSender({ ...remote, password: new Secret("b") }), /unencrypted/u);
  });

  test("MSG-1 an unknown certificate authority is refused and named", async () => {
    const { delivery, verified } = await attempt({ options: () => ({ ca: "" }) });
    assert.equal(delivery.result, "later");
    assert.match(reasonOf(delivery), /no trusted TLS connection to the mail server \(.*certificate.*\)/u);
    assert.match(verified.says, /no trusted TLS connection/u);
  });

  test("MSG-1 a wrong password is the operator's to mend: later, and never in the reason", async () => {
    const { delivery, verified } = await attempt({ options: () => ({ password: new Secret("zq-wrong") }) });
    assert.deepEqual(delivery, {
      result: "later",
      reason: "the mail server refused our user name or password (535 5.7.8)",
    });
    assert.equal(verified.ok, false);
    assert.doesNotMatch(verified.says, /zq-wrong/u);
  });

  const replies = [
    ["550 5.1.1 no such user", "never"],
    ["551 5.1.6 moved", "never"],
    ["552 5.2.2 mailbox full", "never"],
    ["553 5.1.3 bad mailbox", "never"],
    ["554 5.2.1 mailbox disabled", "never"],
    ["554 5.7.1 relay access denied", "later"],
    ["450 4.2.0 greylisted", "later"],
    ["451 4.2.2 busy", "later"],
    ["452 4.3.1 no room", "later"],
    ["421 4.3.2 closing", "later"],
  ] as const;
  for (const [fault, result] of replies) {
    test(`MSG-1 the reply ${fault} means ${result}`, async () => {
      const { delivery } = await attempt({ fault });
      assert.equal(delivery.result, result);
      assert.doesNotMatch(reasonOf(delivery), /aino|example|zq-contents/u);
    });
  }

  test("MSG-1 nobody listening, and a server that says nothing, mean later", async () => {
    const server = await startSmtpServer();
    await server.stop();
    const gone = makeSmtpSender(optionsFor(server));
    const refused = await gone.send(mail);
    assert.equal(refused.result, "later");
    assert.match(reasonOf(refused), /ECONNREFUSED/u);
    const { createServer } = await import("node:net");
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const bound = silent.address();
    const port = typeof bound === "object" && bound ? bound.port : 0;
    const sender = makeSmtpSender(optionsFor(server, { host: "127.0.0.1", port, timeout: 200 }));
    assert.deepEqual(await sender.send(mail), { result: "later", reason: "the mail server did not answer in time" });
    sender.close();
    gone.close();
    silent.close();
  });
});

describe("SMTP headers from hostile names (T12)", () => {
  const injected = "Kunta\r\nBcc: thief@example.test\r\n\r\n<b>body</b>";
  for (const [what, fromName] of [
    ["CRLF and Bcc", injected],
    ["a right-to-left override", "Kunta \u202Egnp.exe\u202C"],
    ["10 kB", "ä".repeat(10_240)],
    ["quotes and an address", '"Kunta" <thief@example.test>, x'],
    ["a template", "{{7*7}} <img src=x>"],
  ] as const) {
    test(`MSG-1 T12 ${what}: one recipient, one sender, no header of its own`, async () => {
      const { delivery, inbox } = await attempt({ sent: { ...mail, fromName, subject: fromName } });
      assert.deepEqual(delivery, { result: "delivered" });
      const received = inbox[0];
      assert.ok(received);
      assert.deepEqual(received.envelope, { from: "vahva@kunta.test", to: [mail.to] });
      assert.ok(!received.headers.has("bcc") && !received.headers.has("cc"));
      assert.match(received.from, /<vahva@kunta\.test>$/u);
      assert.doesNotMatch(received.from + received.subject, /[\r\n\u202E]/u);
      assert.ok(received.from.length < 150 && [...received.subject].length <= 250);
    });
  }

  test("MSG-1 T12 a recipient with anything more than one address in it is never sent to", async () => {
    for (const to of ["a@x.test, b@y.test", "a@x.test\r\nRCPT TO:<b@y.test>", "<a@x.test>", "a", "a@b@c", ""]) {
      const { delivery, inbox } = await attempt({ to });
      assert.equal(delivery.result, "never", to);
      assert.equal(inbox.length, 0);
    }
  });
});
