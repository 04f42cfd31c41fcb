import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { sql } from "kysely";
import { makeAudit } from "../../src/features/audit/index.ts";
import { password } from "../../src/features/authenticators/password/index.ts";
import { usualParameters } from "../../src/features/authenticators/totp/domain/code.ts";
import { totp } from "../../src/features/authenticators/totp/index.ts";
import { codeAt, keyFromBase32 } from "../../src/features/authenticators/totp/one-time-code.ts";
import { makeAdvance } from "../../src/features/journey/advance.ts";
import { makeBegin } from "../../src/features/journey/begin.ts";
import { nextStep } from "../../src/features/journey/domain/next-step.ts";
import { factsOf } from "../../src/features/journey/facts.ts";
import type { Beginning, Form, Method, Purpose } from "../../src/features/journey/index.ts";
import { stepsOf } from "../../src/features/journey/posted.ts";
import { loadJourney } from "../../src/features/journey/store.ts";
import type { Outgoing } from "../../src/features/messages/index.ts";
import { makeCreateAccount, makeCreateOrganisation, setAccountState } from "../../src/features/organisations/index.ts";
import type { Language } from "../../src/kernel/language.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { type Database, openDatabase } from "../../src/platform/database/index.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { form, html } from "../../src/platform/pages/index.ts";
import { makeKeyring } from "../../src/platform/seal/index.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import { systemRandom } from "../../src/ports/random.ts";
import { testDatabase } from "../harness/database.ts";

export type Ground = Awaited<ReturnType<typeof openGround>>;
export type Person = { accountId: string; userName: string; email: string; password: string; key: string };

/** Any hash will do for tests that don't measure it. */
const cheap = { memory: 64, passes: 1, lanes: 1 };

const begunHere: Purpose = {
  name: "activation",
  signsIn: true,
  destination: () => "/home",
  finish: async (tx, { account }, now) => {
    if (account) await setAccountState(tx, account.id, { from: ["invited", "activating"], to: "active", now });
    return [];
  },
};
const purposes: readonly Purpose[] = [
  begunHere,
  { ...begunHere, name: "sign-in" },
  { ...begunHere, name: "change-password", endsOthers: true },
  { ...begunHere, name: "link-method" },
];

/** `also` are purposes besides the usual ones. */
type NodeOptions = { extra?: readonly Method[]; also?: readonly Purpose[]; hashing?: object };

/** What the tests of methods stand on: the real dispatcher, schema, audit and hashes, one organisation, messages only noted. */
export async function openGround({ cost = cheap } = {}) {
  const created = await testDatabase();
  const clock = fakeClock();
  const keyring = makeKeyring([new Secret("authenticators".repeat(4))]);
  const audit = makeAudit({ clock, random: systemRandom, keyring });
  const enqueued: Outgoing[] = [];
  const messages = {
    enqueue: async (_: unknown, outgoing: readonly Outgoing[]) => void enqueued.push(...outgoing),
    withdraw: async () => {},
  };
  const opened: Database[] = [];

  /** One more process on the same database. */
  const openNode = ({ extra = [], also = [], hashing = {} }: NodeOptions = {}) => {
    const database = openDatabase(created.url, { connections: 25 });
    opened.push(database);
    const shared = { db: database.db, clock, random: systemRandom, keyring, audit, messages };
    const passwords = password({ ...shared, hashing: { cost, queue: 1000, ...hashing } });
    const codes = totp({ ...shared, publicUrl: "https://login.example", passwordSteps: passwords.steps });
    const methods = [codes.method, ...extra];
    const all = [...purposes, ...also];
    return { ...shared, codes, methods, purposes: all, ...makeAdvance({ ...shared, methods, purposes: all }) };
  };
  const node = openNode();
  const { db } = node;

  const createOrganisation = async (slug: string) => {
    const create = makeCreateOrganisation({ ...node, methods: ["eid", "totp", "other"], countries: ["FI"] });
    const result = await create({ slug, name: { fi: slug }, authenticatorName: "Koivula" }, { actor: "operator" });
    assert.ok("organisation" in result);
    return result.organisation;
  };
  const organisation = await createOrganisation("koivula");

  const createAccount = async (name: string, organisationId = organisation.id) => {
    const email = `${name}@koivula.example`;
    const wanted = { organisationId, givenName: "Aino", familyName: "Virtanen", language: "fi", email } as const;
    const account = await db
      .transaction()
      .execute((tx) =>
        makeCreateAccount(node)(tx, { ...wanted, userName: name, phone: "+358401234545", category: "staff" }),
      );
    assert.ok(typeof account === "object");
    return account;
  };

  const begin = (beginning: Partial<Beginning> & { browser?: string } = {}) => {
    const { browser = "browser", ...rest } = beginning;
    const sent = { purpose: "sign-in", organisationId: organisation.id, ...rest } as const;
    return makeBegin(node)(db, { ...sent, browserHash: hashOf(browser) });
  };

  const post = (id: string, sent: Form, { browser = "browser", network = "192.0.2.1", on = node } = {}) =>
    on.advance({
      id,
      form: sent,
      origin: { browserHash: hashOf(browser), network, browser: "Firefox", reference: "ref" },
      sessionCookie: null,
      language: () => "en",
    });

  const read = async (id: string, browser = "browser") => {
    const journey = await loadJourney(db, { id, browserHash: hashOf(browser) });
    assert.ok(journey);
    return journey;
  };

  /** The page of the journey's step, as the dispatcher would have it drawn. */
  const page = async (id: string, { browser = "browser", language = "en" as Language, on = node } = {}) => {
    const journey = await read(id, browser);
    const step = nextStep(factsOf(journey, on.methods, clock.now()));
    assert.ok(step.do === "ask", JSON.stringify(step));
    const handler = stepsOf(on).find(({ kind }) => kind === step.kind);
    const t = translator(language);
    const refusal = journey.notice ? t(journey.notice.key, journey.notice.parameters) : null;
    const drawn = await handler?.page({
      journey,
      t,
      language,
      now: clock.now(),
      browser: "Firefox, Windows",
      form: (content) => form({ action: "#", content }),
      refusal,
      anotherWay: null,
    });
    assert.ok(drawn);
    return { kind: step.kind, drawn, text: html`<h1>${drawn.title}</h1>${drawn.main}${drawn.help}`.toString() };
  };

  const beginActivation = (account: { id: string; epoch: number }, browser = "browser") =>
    begin({
      purpose: "activation",
      account,
      browser,
      proofs: [{ kind: "invitation-pin", authenticatorId: null, shownAt: clock.now() }],
    });

  /** The key that a page for linking shows. */
  const keyOn = ({ text }: { text: string }) =>
    [...text.matchAll(/<span>([A-Z2-7]{4}) <\/span>/g)].map(([, group]) => group).join("");
  const code = (key: string, steps = 0) =>
    codeAt(keyFromBase32(key), usualParameters, Math.floor(clock.now().getTime() / 30_000) + steps);

  /** An active account with a password and an app, by way of a real activation in a browser of its own. */
  const activated = async (name: string, chosen = "neljä sopivaa sanaa peräkkäin"): Promise<Person> => {
    const account = await createAccount(name);
    const browser = `${name}'s own`;
    const id = await beginActivation(account, browser);
    await post(id, { step: "new-password", new_password: chosen }, { browser });
    const key = keyOn(await page(id, { browser }));
    const last = await post(id, { step: "totp-link", code: code(key) }, { browser });
    assert.equal(last.to, "destination");
    clock.advance(60_000);
    return { accountId: account.id, userName: name, email: account.email, password: chosen, key };
  };

  return {
    ...node,
    node,
    openNode,
    organisation,
    enqueued,
    createOrganisation,
    createAccount,
    begin,
    beginActivation,
    post,
    read,
    page,
    keyOn,
    code,
    activated,
    /** The key of the last refusal; null when the last post was taken. */
    notice: async (id: string, browser?: string) => (await read(id, browser)).notice,
    events: async (type: string) =>
      await db.selectFrom("audit_event").selectAll().where("type", "=", type).orderBy("number").execute(),
    everythingStored: async () => {
      const tables = ["journey", "proof", "authenticator", "password", "totp", "totp_offer", "audit_event", "throttle"];
      const rows = await Promise.all(
        tables.map((table) => sql`select row_to_json(t) from ${sql.table(table)} t`.execute(db)),
      );
      return JSON.stringify(rows.map((found) => found.rows));
    },
    close: async () => {
      await Promise.all(opened.map((database) => database.close()));
      await created.drop();
    },
  };
}

const hashOf = (browser: string): Buffer => createHash("sha256").update(browser).digest();
