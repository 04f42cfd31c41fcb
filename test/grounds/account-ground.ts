import {
  account,
  changePasswordPurpose,
  linkMethodPurpose,
  removeMethodPurpose,
} from "../../src/features/account/index.ts";
import { makeCompleteActivation } from "../../src/features/activation/index.ts";
import { makeAudit } from "../../src/features/audit/index.ts";
import { makeIdentities } from "../../src/features/authenticators/eid/index.ts";
import { makeHasher } from "../../src/features/authenticators/password/hash.ts";
import { password } from "../../src/features/authenticators/password/index.ts";
import { savePassword } from "../../src/features/authenticators/password/store.ts";
import { stepAt, usualParameters } from "../../src/features/authenticators/totp/domain/code.ts";
import { unusedToken } from "../../src/features/authenticators/totp/domain/judge-code.ts";
import { totp } from "../../src/features/authenticators/totp/index.ts";
import { codeAt } from "../../src/features/authenticators/totp/one-time-code.ts";
import { keyPlace } from "../../src/features/authenticators/totp/places.ts";
import { insertToken } from "../../src/features/authenticators/totp/store.ts";
import { makeCases } from "../../src/features/cases/index.ts";
import { guides } from "../../src/features/guide/index.ts";
import { insertAuthenticator, journeys } from "../../src/features/journey/index.ts";
import { makeMessages, type Outgoing } from "../../src/features/messages/index.ts";
import {
  makeChangeOrganisation,
  makeCreateAccount,
  makeCreateOrganisation,
} from "../../src/features/organisations/index.ts";
import { newPasswordByLinkPurpose, passwordLinks } from "../../src/features/recovery/password-link/index.ts";
import { makeSendLink } from "../../src/features/recovery/password-link/send-link.ts";
import { endResets } from "../../src/features/recovery/store.ts";
import { type EndedSession, makeSessionId, startSession } from "../../src/features/sessions/index.ts";
import { signIn, signInPurpose } from "../../src/features/sign-in/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { hours, minutes, plus } from "../../src/kernel/time.ts";
import { openDatabase, type Tx } from "../../src/platform/database/index.ts";
import { makeHttp } from "../../src/platform/http/index.ts";
import { makeLog } from "../../src/platform/log/index.ts";
import { makeKeyring } from "../../src/platform/seal/index.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import { fakeMailSender } from "../../src/ports/mail-sender.ts";
import { systemRandom } from "../../src/ports/random.ts";
import { fakeSmsSender } from "../../src/ports/sms-sender.ts";
import { testDatabase } from "../harness/database.ts";
import { inWords } from "../harness/read-page.ts";
import { fakeDirectories } from "./fake-directories.ts";

export const rightPassword = "kolme vihreää sammakkoa";

export type AccountGround = Awaited<ReturnType<typeof openAccountGround>>;

/** A service with User services, sign-in and change of password, and people who can use it. */
export async function openAccountGround() {
  const database = await testDatabase();
  const { db, close } = openDatabase(database.url);
  const clock = fakeClock();
  const random = systemRandom;
  const keyring = makeKeyring([new Secret("account".repeat(8))]);
  const audit = makeAudit({ clock, random, keyring });
  const identities = makeIdentities({ keyring });
  const enqueued: Outgoing[] = [];
  const ended: EndedSession[] = [];
  const logged: object[] = [];
  const log = makeLog("error");
  const publicUrl = "https://login.example";
  const [mail, sms] = [fakeMailSender(), fakeSmsSender()];
  const outbox = makeMessages({ db, clock, random, keyring, mail, sms, publicUrl, allowedSmsCountries: ["FI"] });
  const messages = {
    withdraw: outbox.withdraw,
    enqueue: async (tx: Tx, outgoing: readonly Outgoing[]) => {
      enqueued.push(...outgoing);
      await outbox.enqueue(tx, outgoing);
    },
  };
  const http = makeHttp({ publicUrl, demo: false, trustedProxies: [], tls: null, keyring, random, clock, log });
  const directories = fakeDirectories();
  const cases = makeCases({ db, clock, random, keyring, audit, messages });
  const shared = { db, clock, random, keyring, audit, messages, identities, directories, http };
  const hashing = { cost: { memory: 1024, passes: 1, lanes: 1 } };
  const passwords = password({ ...shared, hashing });
  const codes = totp({ ...shared, publicUrl, passwordSteps: passwords.steps });
  const methods = [codes.method];
  const purposes = [
    signInPurpose(makeCompleteActivation(shared)),
    changePasswordPurpose,
    linkMethodPurpose,
    removeMethodPurpose({ methods, messages }),
    newPasswordByLinkPurpose,
  ];
  const onSessionsEnded = (gone: readonly EndedSession[]) => void ended.push(...gone);
  const journey = journeys({ ...shared, methods, purposes, onSessionsEnded });
  const { begin } = journey;
  journey.routes(http.app);
  signIn({ ...shared, begin, start: "/account" }).routes(http.app);
  account({
    ...shared,
    cases,
    log: { warn: (fields) => void logged.push(fields) },
    methods,
    begin,
    goOn: journey.goOn,
    testCode: codes.testCode,
    onSessionsEnded,
    endResets,
  }).routes(http.app);

  passwordLinks({ ...shared, methods, begin }).routes(http.app);
  guides({ ...shared, methods, canProve: () => false }).routes(http.app);

  const created = await makeCreateOrganisation({ ...shared, methods: ["eid", "totp"], countries: ["FI"] })(
    {
      slug: "koivula",
      name: { en: "Koivula" },
      home: { url: "https://intra.example/", name: { en: "Intranet" } },
      support: [{ kind: "general", phone: "+358105550100" }],
    },
    { actor: "operator" },
  );
  if ("problems" in created) throw new Error("the test's organisation was refused");
  const { organisation } = created;
  const hasher = makeHasher({ random, pepper: new Secret(keyring.key("password").toString("base64")), ...hashing });
  const hashed = await hasher.hash(rightPassword);
  if (hashed === "busy") throw new Error("no hash for the test's people");
  const { hash } = hashed;

  /** An active person with a password and an app. */
  async function person(email = "aino@koivula.example") {
    const now = clock.now();
    const key = random.bytes(20);
    const made = await db.transaction().execute(async (tx) => {
      const one = await makeCreateAccount(shared)(tx, {
        organisationId: organisation.id,
        givenName: "Aino",
        familyName: "Virtanen",
        language: "en",
        email,
        phone: "+358401234567",
        category: "staff",
        state: "active",
      });
      if (typeof one === "string") throw new Error(one);
      await tx.updateTable("account").set({ activated_at: now }).where("id", "=", one.id).execute();
      const ids = { password: random.id(), totp: random.id() };
      for (const method of ["password", "totp"] as const)
        await insertAuthenticator(tx, one.id, { id: ids[method], method, name: null, linkedAt: now, lastUsedAt: null });
      await savePassword(tx, one.id, hash, now);
      const secret = keyring.seal(keyPlace(ids.totp), key);
      await insertToken(tx, { id: ids.totp, secret, parameters: usualParameters, state: unusedToken });
      return { ...one, ids };
    });
    /** The code that the person's app shows, or showed `ago` steps before. */
    const code = (ago = 0) => codeAt(key, usualParameters, stepAt(clock.now(), 30) - ago);
    return { ...made, code };
  }

  type Person = Awaited<ReturnType<typeof person>>;

  /** Links a second app to the person's account. */
  async function secondApp({ id: accountId }: Person) {
    const [id, key, now] = [random.id(), random.bytes(20), clock.now()];
    await db.transaction().execute(async (tx) => {
      await insertAuthenticator(tx, accountId, { id, method: "totp", name: null, linkedAt: now, lastUsedAt: null });
      const secret = keyring.seal(keyPlace(id), key);
      await insertToken(tx, { id, secret, parameters: usualParameters, state: unusedToken });
    });
    return { id, code: (ago = 0) => codeAt(key, usualParameters, stepAt(clock.now(), 30) - ago) };
  }

  /** From now on the organisation's rules are the default with these changes. */
  const setPolicy = async (policy: object) => {
    const change = makeChangeOrganisation({ ...shared, methods: ["eid", "totp"], countries: ["FI"] });
    const changed = await change("koivula", { policy }, { actor: "operator" });
    if (typeof changed === "string" || "problems" in changed) throw new Error(JSON.stringify(changed));
  };

  /** A browser; with `who`, one in which they signed in just now. */
  async function browser(who?: Person, { userAgent = "Mozilla/5.0 (Windows NT 10.0) Firefox/130.0" } = {}) {
    const cookies = new Map([["__Host-vahva_browser", random.bytes(32).toString("base64url")]]);
    if (who) {
      const id = makeSessionId(random);
      const now = clock.now();
      const shown = (["password", "totp"] as const).map((kind) => ({
        kind,
        authenticatorId: who.ids[kind],
        shownAt: now,
      }));
      await db.transaction().execute((tx) =>
        startSession(
          tx,
          {
            id,
            uid: random.id(),
            accountId: who.id,
            accountEpoch: who.epoch,
            proofs: [...shown, { kind: "new-password", authenticatorId: who.ids.password, shownAt: now }],
            acr: "aal2",
            amr: ["pwd", "otp", "mfa"],
            authenticatedAt: now,
            expiresAt: plus(now, hours(8)),
            idleSeconds: minutes(60) / 1000,
            endsWithBrowser: false,
            browser: userAgent.includes("iPhone") ? "Safari, iPhone" : "Firefox, Windows",
            network: "198.51.100.7",
          },
          null,
          now,
        ),
      );
      cookies.set("__Host-vahva_session", id);
    }
    const send = async (method: "GET" | "POST", url: string, fields: Record<string, string> = {}) => {
      const token = http.forms.token(cookies.get("__Host-vahva_browser") ?? "");
      const answer = await http.app.inject({
        method,
        url,
        headers: {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
          "user-agent": userAgent,
          "accept-language": "en",
          ...(method === "POST" && { "content-type": "application/x-www-form-urlencoded" }),
        },
        ...(method === "POST" && { payload: new URLSearchParams({ form_token: token, ...fields }).toString() }),
      });
      for (const { name, value, maxAge } of answer.cookies)
        if (maxAge === 0) cookies.delete(name);
        else cookies.set(name, value);
      return {
        status: answer.statusCode,
        to: answer.headers.location ?? "",
        page: inWords(answer.body),
        headers: answer.headers,
      };
    };
    return {
      cookies,
      get: (url: string) => send("GET", url),
      post: (url: string, fields?: Record<string, string>) => send("POST", url, fields),
    };
  }

  return {
    db,
    clock,
    audit,
    directories,
    identities,
    messages,
    enqueued,
    ended,
    logged,
    /** The e-mails that went to an address, the earliest first. */
    mailTo: async (to: string) => {
      await outbox.deliverDue();
      return mail.sent.filter((sent) => sent.to === to);
    },
    organisation,
    sendPasswordLink: makeSendLink({ ...shared, methods, publicUrl }),
    person,
    secondApp,
    setPolicy,
    browser,
    app: http.app,
    close: async () => {
      await http.app.close();
      await close();
      await database.drop();
    },
  };
}
