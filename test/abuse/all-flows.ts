import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { loadConfig } from "../../src/config.ts";
import { compose } from "../../src/main.ts";
import { authorizeUrl, exchange, makePkce, post, refresh, userinfo } from "../grounds/provider-ground.ts";
import { describe, makeVisitor, type Page } from "../harness/agent.ts";
import { testDatabase } from "../harness/database.ts";
import {
  invite,
  keyOn,
  linkTo,
  makeOrganisation,
  makePhone,
  type Phone,
  pinTo,
  temporaryTo,
  wordsTo,
} from "../harness/people.ts";
import { spawnService, until } from "../harness/service.ts";
import { codeFor, registerApplication, tokensFor } from "./application.ts";
import { startSenders } from "./senders.ts";

const marker = () => randomBytes(9).toString("hex");

/** What people typed and what the service handed out: secrets that must be found nowhere afterwards, by what they are. */
export type Secrets = Map<string, string>;

/**
 * A production service in a process of its own that talks as much as it can, and one run through everything that there
 * is: the right way, the wrong way, with a fault in the database and with a gateway that is away.
 */
export async function runAllFlows() {
  const [database, senders] = await Promise.all([testDatabase(), startSenders()]);
  const env = { ...senders.env, VAHVA_LOG_LEVEL: "debug" };
  const node = await spawnService({ databaseUrl: database.url, env });
  const composed = await compose({ config: loadConfig(node.env), claim: false, log: () => {} });
  const secrets: Secrets = new Map();
  const pages: Page[] = [];
  const keep = (page: Page) => pages.push(page);

  const ground = { ...composed, url: node.url, inbox: senders.inbox };
  const organisation = await makeOrganisation(ground);
  const email = `${marker()}@koivula.example`;
  const phone = `+35845${Math.floor(1e6 + Math.random() * 9e6)}`;
  await invite(ground, organisation, { email, phone });
  const [link, pin] = await Promise.all([linkTo(ground, email), pinTo(ground, phone)]);
  secrets.set("link token", link.split("/").at(-1) ?? "").set("PIN", pin);

  const visitor = makeVisitor(node.url);
  const submit = async (fields: Record<string, string>) => keep(await visitor.submit(fields));
  const note = (what: string, value: string): string => {
    secrets.set(what, value);
    return value;
  };

  const close = async () => {
    await node.kill();
    await composed.close();
    await Promise.all([database.drop(), senders.stop()]);
  };
  try {
    await activate();
    await changePassword();
    await useTemporaryPassword();
    await writeToSupport();
    await useApplication();
    await meetFaults();
    for (const { name, value } of visitor.cookies()) secrets.set(`the cookie ${name}`, value);
    await signOutAndIn();
    await forgetPassword();
  } catch (error) {
    await close();
    throw error;
  }
  const metrics = await composed.metrics.registry.metrics();
  return {
    secrets,
    /** Not secret, but nothing for a log. */
    personal: new Map([
      ["e-mail", email],
      ["phone", phone],
    ]),
    pages,
    node,
    db: composed.db,
    senders,
    metrics: async () => metrics + (await fetch(`${node.url}/metrics`).then((answer) => answer.text())),
    close,
  };

  async function activate(): Promise<void> {
    const wrong = pin === "735142" ? "735143" : "735142";
    keep(await visitor.get(link));
    await submit({ pin: note("wrong PIN", wrong) });
    await submit({ pin: note("malformed PIN", `x${marker()}`) });
    await submit({ pin });
    await submit({ new_password: note("weak password", `a${marker().slice(0, 8)}`) });
    await submit({ new_password: note("password", `kolme ${marker()} sammakkoa`) });
    secrets.set("key of the app", keyOn(visitor.page().html));
    app = makePhone(keyOn(visitor.page().html), composed.clock);
    await submit({ code: note("wrong code at linking", app.shown(30)) });
    await submit({ code: note("code at linking", await app.code()) });
    if (visitor.page().heading !== "Your account is active") throw new Error(describe(visitor.page()));
  }

  async function changePassword(): Promise<void> {
    keep(await visitor.get("/account"));
    keep(await visitor.submit({}, "Change"));
    if (visitor.page().forms.some(({ fields }) => "new_password" in fields))
      await submit({ new_password: note("changed password", `neljä ${marker()} lintua`) });
    else throw new Error(describe(visitor.page()));
    keep(await visitor.get("/test/code"));
    await submit({ code: note("wrong code at the test", app.shown(33)) });
    await submit({ code: note("tested code", await app.code()) });
  }

  async function useTemporaryPassword(): Promise<void> {
    const agency = await makeOrganisation(ground, "agency", { policy: { password: { way: "temporary" } } });
    const given = { email: `${marker()}@agency.example`, phone: "+358452345678" };
    await invite(ground, agency, given);
    const newest = async (what: string, count: number) => {
      const password = await temporaryTo(ground, given.phone, count);
      secrets.set(what, password).set(`${what}, as it is compared`, password.replaceAll("-", ""));
      return password;
    };
    const first = await newest("temporary password", 1);
    const person = makeVisitor(node.url);
    keep(await person.get("/order-password?organisation=agency"));
    keep(await person.submit({ username: given.email }));
    const ordered = await newest("ordered temporary password", 2);
    keep(await person.click("Back to signing in"));
    for (const password of [first, ordered]) keep(await person.submit({ username: given.email, password }));
    keep(await person.submit({ new_password: ordered }));
    keep(await person.submit({ new_password: note("password after a temporary one", `viisi ${marker()} norppaa`) }));
    if (!/Choose how you will sign in|Link/.test(person.page().heading)) throw new Error(describe(person.page()));
  }

  /** A guest's message, confirmed by the link that came. */
  async function writeToSupport(): Promise<void> {
    const hosts = await makeOrganisation(ground, "hosts", { emailCategories: { "lehtola.example": "guest" } });
    const guest = `${marker()}@lehtola.example`;
    await invite(ground, hosts, { email: guest, phone: "+358453456789" });
    const person = makeVisitor(node.url);
    keep(await person.get("/recover?organisation=hosts"));
    keep(await person.submit({ email: guest }));
    keep(await person.submit({ message: note("message to support", `I lost my phone ${marker()}`) }));
    const confirm = await wordsTo(ground, guest, /http\S+\/recover\/guest\/[\w-]{43}/);
    secrets.set("token of a confirmation", confirm.split("/").at(-1) ?? "");
    keep(await person.get(confirm));
    keep(await person.submit({}, "Confirm and send"));
    if (person.page().heading !== "User support has your message") throw new Error(describe(person.page()));
  }

  async function useApplication(): Promise<void> {
    const client = await registerApplication(composed);
    secrets.set("client secret", client.secret ?? "");
    const wish = { state: note("state", marker()), nonce: note("nonce", marker()), scope: "openid offline_access" };
    const { code, verifier } = await codeFor(visitor, client, wish);
    secrets.set("authorization code", code).set("code verifier", verifier);
    await exchange(node.url, client, code, note("wrong verifier", `${marker()}${marker()}${marker()}`));
    await exchange(node.url, { ...client, secret: note("wrong client secret", marker()) }, code, verifier);
    const tokens = await exchange(node.url, client, code, verifier);
    const next = await refresh(node.url, client, tokens.refresh_token);
    for (const [name, each] of [["first", tokens] as const, ["next", next] as const]) {
      secrets
        .set(`${name} access token`, each.access_token ?? "")
        .set(`${name} refresh token`, each.refresh_token ?? "");
      secrets.set(`${name} ID token`, each.id_token?.split(".").at(-1) ?? "");
    }
    await userinfo(node.url, next.access_token);
    await userinfo(node.url, note("made-up token", marker()));
    await post(node.url, "/introspect", client, { token: next.access_token ?? "" });
    await exchange(node.url, client, code, verifier); // a second time: the family ends
    const revoked = await tokensFor(visitor, client, node.url);
    await post(node.url, "/revoke", client, { token: note("revoked token", revoked.access_token ?? "") });
    const pushed = await post(node.url, "/par", client, pushedRequest(client.clientId));
    if (next.status !== 200 || pushed.status !== 201) throw new Error(JSON.stringify([next.error, pushed]));
    const uri = note("request_uri", String(pushed.request_uri).split(":").at(-1) ?? "");
    keep(
      await visitor.get(`/authorize?client_id=${client.clientId}&request_uri=urn:ietf:params:oauth:request_uri:${uri}`),
    );
    keep(await visitor.get(authorizeUrl(client, makePkce().challenge, { redirect_uri: "https://evil.example" })));
    keep(await visitor.get(`/sign-out?id_token_hint=${note("forged hint", `x.${marker()}.y`)}`));
    keep(await visitor.get(`/activate/${note("unknown link", randomBytes(32).toString("base64url"))}`));
    keep(await visitor.get(`/authorize/${note("unknown request", randomBytes(32).toString("base64url"))}`));
    keep(
      await visitor.get(
        `/nowhere/${note("path nobody has", `${marker()}${marker()}`)}?code=${note("query", marker())}`,
      ),
    );
  }

  /** The database refuses in the middle of a step, and the gateway and the mail server are away. */
  async function meetFaults(): Promise<void> {
    senders.gateway.answer({ status: 500, body: "no" });
    const { email: second, phone: number } = { email: `${marker()}@koivula.example`, phone: "+358451234567" };
    senders.mail.setFault(second, "451 4.2.2 try later");
    const invited = await invite(ground, organisation, { email: second, phone: number });
    const stranger = makeVisitor(node.url);
    await stranger.get("/sign-in");
    await sql`alter table password rename to password_away`.execute(composed.db);
    const password = note("password in a fault", marker());
    keep(await stranger.submit({ username: note("user name in a fault", marker()), password }));
    await sql`alter table password_away rename to password`.execute(composed.db);
    await pinTo(ground, number);
    const sent = senders.texts().find(({ to }) => to === number);
    secrets.set("PIN that was not taken", /\b\d{6}\b/.exec(sent?.text ?? "")?.[0] ?? "");
    await composed.features.inviting.revoke(invited.invitationId, { actor: "operator" });
    senders.gateway.answer({ status: 200 });
  }

  async function signOutAndIn(): Promise<void> {
    // As if a minute had passed: what the app shows was not used yet.
    await composed.db.updateTable("totp").set({ last_step: -1, spent_steps: [] }).execute();
    keep(await visitor.get("/account"));
    keep(await visitor.submit({}, "Sign out"));
    keep(await visitor.get("/sign-in"));
    await submit({
      username: note("unknown user name", marker()),
      password: note("unknown user's password", marker()),
    });
    await submit({ username: email, password: note("wrong password", marker()) });
    await submit({ username: email, password: secrets.get("changed password") ?? "" });
    await submit({ code: note("wrong code", app.shown(36)) });
    await submit({ code: note("code", app.shown()) });
    keep(await visitor.get("/account"));
    if (visitor.page().path !== "/account") throw new Error(describe(visitor.page()));
    for (const { name, value } of visitor.cookies()) secrets.set(`the later cookie ${name}`, value);
  }

  async function forgetPassword(): Promise<void> {
    const person = makeVisitor(node.url);
    keep(await person.get("/recover?organisation=koivula"));
    keep(await person.submit({ email }));
    keep(await person.submit({}, "password"));
    const sent = await until(async () => {
      const letters = (await senders.inbox()).filter(({ to }) => to === email);
      return letters.map(({ text }) => /https?:\S+\/recover\/password\/[\w-]{43}/.exec(text)?.[0]).find(Boolean);
    }, "a link for a new password");
    note("password link", sent.split("/").at(-1) ?? "");
    keep(await person.get(sent));
    keep(await person.submit({}, "Choose a new password"));
    keep(await person.submit({ new_password: note("password by a link", `kuusi ${marker()} hylettä`) }));
    if (person.page().heading !== "Your password was changed") throw new Error(describe(person.page()));
    keep(await person.get(`/recover/password/${note("unknown password link", randomBytes(32).toString("base64url"))}`));
  }
}

let app: Phone;

const pushedRequest = (clientId: string) => ({
  client_id: clientId,
  response_type: "code",
  redirect_uri: "https://app.example/callback",
  scope: "openid",
  code_challenge: makePkce().challenge,
  code_challenge_method: "S256",
});

/** Whether `text` holds `secret`; figures only where they stand alone, since there are many of them. */
export function holds(text: string, secret: string): boolean {
  if (!/^\d+$/.test(secret)) return text.includes(secret);
  return new RegExp(`(?<![\\w.:-])${secret}(?![\\w.:-])`).test(text);
}
