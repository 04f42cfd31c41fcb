import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { authorizeUrl, makePkce } from "../grounds/provider-ground.ts";
import { makeVisitor } from "../harness/agent.ts";
import { activatedAccount, invitedWithPin, makeOrganisation, messagesTo, rightPassword } from "../harness/people.ts";
import { type Service, startService } from "../harness/service.ts";
import { registerApplication } from "./application.ts";

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

const payloads = [
  '"><script>alert(1)</script>',
  "'\"><img src=x onerror=alert(1)>",
  "</title><svg onload=alert(1)>",
  "{{7*7}}#{7*7}<%= 7*7 %>",
  "javascript:alert(1)//",
  "$t(common:cancel) {{- html}}",
  "\r\nSet-Cookie: planted=1\r\n\r\n<b>",
  "%0d%0aSet-Cookie:%20planted=1",
];

/** Nothing of it stands where a browser or a template would act on it. */
function check(html: string, payload: string, where: string): void {
  assert.doesNotMatch(html, /<script>|<img src=x|<svg onload|<b>\s*$/m, `${where}: ${payload}`);
  assert.doesNotMatch(html, /(?:href|src|action)="javascript:/i, `${where}: ${payload}`);
  assert.doesNotMatch(html, /49#|#49|&lt;%= 49/, `${where}: ${payload}`);
}

test("A40 T63 what stands in an address is escaped on every page, and sets no header", async () => {
  await makeOrganisation(service);
  const client = await registerApplication(service);
  const { challenge } = makePkce();
  for (const payload of payloads) {
    const value = encodeURIComponent(payload);
    const addresses = [
      `/sign-in?organisation=koivula&login_hint=${value}`,
      `/sign-in?organisation=${value}&to=${value}&lang=${value}`,
      `/sign-in?lang=en&lang=${value}`,
      `/signed-out?organisation=${value}&lang=sv&x=${value}`,
      `/activate/${value}?said=${value}`,
      `/nowhere/${value}?${value}=${value}`,
      `/journey/${value}`,
      `/authorize/${value}`,
      `/authorize?client_id=${value}&redirect_uri=${value}&scope=${value}`,
      `/sign-out?client_id=${client.clientId}&state=${value}&post_logout_redirect_uri=${value}`,
      `/sign-out/success?client_id=${value}`,
      authorizeUrl(client, challenge, {
        login_hint: payload,
        ui_locales: payload,
        claims_locales: payload,
        display: payload,
      }),
      authorizeUrl(client, challenge, { ui_locales: payload, prompt: payload }),
      authorizeUrl(client, challenge, { scope: payload, state: payload }),
      authorizeUrl(client, challenge, { redirect_uri: payload }),
    ];
    for (const address of addresses) {
      const page = await makeVisitor(service.url).get(address);
      assert.ok(page.status < 500, `${page.status} ${address}`);
      check(page.html, payload, address);
      assert.ok(!page.headers.getSetCookie().some((cookie) => cookie.startsWith("planted")), address);
      if (page.leadsTo) assert.ok(page.leadsTo.startsWith("https://app.example/callback?"), page.leadsTo);
    }
  }
});

test("A40 T12 what people type and are called is text on pages, in messages and in the record", async () => {
  const named = await makeOrganisation(service, "kulmat", {
    name: { en: "<i>Corner</i> & {{name}} Ltd" },
    support: [{ kind: "general", phone: "+358 10 555 0100", email: "tuki@koivula.example" }],
  });
  const [givenName, familyName] = ["<img src=x>", '"{{7*7}}" O\'Neil & <b>co</b>'];
  const person = await activatedAccount(service, named, { givenName, familyName });
  const pages = [await person.visitor.get("/account"), await person.visitor.get("/account/events")];
  for (const page of pages) {
    check(page.html, "{{7*7}}", page.path);
    assert.doesNotMatch(page.html, /<i>Corner|<b>co|<img src=x/, page.path);
  }
  assert.match(pages[0]?.html ?? "", /&lt;b&gt;co&lt;\/b&gt;/);
  for (const message of await messagesTo(service, person.email, 2)) {
    assert.doesNotMatch(message.html ?? "", /<i>Corner|<b>co|<img src=x/);
    assert.match(message.html ?? "", /&lt;i&gt;Corner|&lt;img src=x/);
    assert.doesNotMatch(message.subject ?? "", /[\r\n]/);
  }
  const visitor = makeVisitor(service.url);
  await visitor.get("/sign-in?organisation=kulmat");
  for (const payload of payloads) {
    const page = await visitor.submit({ username: payload, password: payload });
    check(page.html, payload, "user name");
    assert.ok(!page.html.includes(payload) || !/[<>"]/.test(payload));
  }
});

const signsIn = async (email: string, password: string): Promise<boolean> => {
  const visitor = makeVisitor(service.url);
  await visitor.get("/sign-in?organisation=sanat");
  const page = await visitor.submit({ username: email, password });
  return page.forms.some(({ fields }) => "code" in fields);
};

/** Somebody who chose this password and stands before the code. */
async function withPassword(password: string): Promise<string> {
  const organisation = await makeOrganisationOnce();
  const { email, link, pin } = await invitedWithPin(service, organisation);
  const visitor = makeVisitor(service.url);
  await visitor.get(link);
  await visitor.submit({ pin });
  const page = await visitor.submit({ new_password: password });
  assert.ok(
    page.forms.some(({ fields }) => "code" in fields),
    `${password}: ${page.alerts}`,
  );
  return email;
}

let made: ReturnType<typeof makeOrganisation> | undefined;
const makeOrganisationOnce = () => {
  made ??= makeOrganisation(service, "sanat");
  return made;
};

test("USR-8 SIN-3 A41 T14 a password is taken as typed: in either Unicode form, to the last of 128 emoji, with its spaces", async () => {
  const composed = "kéväällä järvellä söi".normalize("NFC");
  const accents = await withPassword(composed.normalize("NFD"));
  assert.ok(await signsIn(accents, composed));
  assert.ok(await signsIn(accents, composed.normalize("NFD")));

  const animals = ["🦊", "🐢", "🦉", "🐝"];
  const emoji = Array.from({ length: 128 }, (_, at) => animals[(at * at + at) % 4]).join("");
  const many = await withPassword(emoji);
  assert.ok(await signsIn(many, emoji));
  assert.ok(!(await signsIn(many, `${[...emoji].slice(0, -1).join("")}🐙`)), "the last one counts");
  assert.ok(!(await signsIn(many, [...emoji].slice(0, 127).join(""))));

  const spaced = await withPassword(`  ${rightPassword}  `);
  assert.ok(await signsIn(spaced, `  ${rightPassword}  `));
  assert.ok(!(await signsIn(spaced, rightPassword)), "spaces are part of it");

  const long = "pitkä lause jota kukaan ei arvaa 1 2 3 ".repeat(6).slice(0, 72);
  const cut = await withPassword(`${long}A`);
  assert.ok(await signsIn(cut, `${long}A`));
  assert.ok(!(await signsIn(cut, `${long}B`)), "beyond 72 bytes too");
});

test("POL-3 A27 T91 a method that the organisation has forbidden is refused to whoever posts its step by hand", async () => {
  const organisation = await makeOrganisation(service, "kielto");
  const person = await activatedAccount(service, organisation, { category: "guest" });
  const visitor = makeVisitor(service.url);
  await visitor.get("/sign-in?organisation=kielto");
  await visitor.submit({ username: person.email, password: rightPassword });
  const hidden = visitor.hidden({ code: "" });
  const { url } = visitor.page();
  const permit = async (permitted: string[]) => {
    const changed = await service.features.organisations.changeOrganisation(
      "kielto",
      { policy: { methods: { guest: { permitted } } } },
      { actor: "operator" },
    );
    assert.ok(changed !== "no-such-organisation" && !("problems" in changed), JSON.stringify(changed));
  };
  await permit([]);
  for (const step of ["totp", "totp-link", "continue", "choose", "new-password"])
    await visitor.post(url, { ...hidden, step, code: person.phone.shown(1), method: "totp" });
  assert.ok(!visitor.cookies().some(({ name }) => name === "vahva_session"));
  const page = await visitor.get(url);
  assert.ok(page.links.length + page.forms.length > 0, "a page with a way on");

  await permit(["totp"]);
  await visitor.post(url, { ...hidden, code: person.phone.shown(1) });
  assert.ok(
    visitor.cookies().some(({ name }) => name === "vahva_session"),
    "the very same post, when it is permitted",
  );
});
