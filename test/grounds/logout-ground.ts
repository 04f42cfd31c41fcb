import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { decodeJwt, type JWTPayload } from "jose";
import type { Broker, Brokers } from "../../src/features/authenticators/eid/brokers/broker.ts";
import { sessionKeyHash, sessionPlace } from "../../src/features/authenticators/eid/keep-session.ts";
import { saveEidSession } from "../../src/features/authenticators/eid/session-store.ts";
import type { Agent } from "../harness/browser-agent.ts";
import { freePort } from "../harness/free-port.ts";
import { brokerWithLogout } from "./broker-logout.ts";
import { authorizeUrl, makeAccount, makePkce, openProvider, tokensFor } from "./provider-ground.ts";
import { startHost } from "./provider-host.ts";

export const signedOut = "https://app.example/signed-out";

/** Two nodes with the brokers `suomi` and `other`, both with single logout, `plain` without, and an application that listens. */
export async function openLogoutGround() {
  const suomi = brokerWithLogout("suomi");
  const other = brokerWithLogout("other");
  const { logout: _, metadata: __, ...connection } = other.broker.connection;
  const all = new Map(
    [suomi.broker, other.broker, { ...other.broker, name: "plain", connection }].map((each): [string, Broker] => [
      each.name,
      each,
    ]),
  );
  const open = () => [...all.values()].filter(({ state }) => state === "open");
  const brokers: Brokers = {
    all: () => [...all.values()],
    open,
    find: (name) => all.get(name) ?? null,
    offeredTo: open,
    provingFor: open,
    reload: async () => {},
    stop: async () => {},
  };
  const a = await openProvider({ brokers });
  const b = await startHost({ url: a.url, publicUrl: a.origin, port: await freePort(), brokers });
  const { db, keyring } = a;

  const told: JWTPayload[] = [];
  const port = await freePort();
  const listener = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      told.push(decodeJwt(new URLSearchParams(body).get("logout_token") ?? ""));
      response.end();
    });
  }).listen(port, "127.0.0.1");
  const client = await a.register({ backchannelLogoutUri: `http://127.0.0.1:${port}/logout` });

  /** A browser that is signed in at the application; with `broker`, by a session that began with one of its. */
  async function signedIn({
    accountId,
    broker = "suomi",
    session = `s-${randomUUID()}` as string | null,
  }: Wanted = {}) {
    const account = accountId ?? (await makeAccount(db, a.organisationId));
    const agent = a.agent();
    const { id_token: hint = "" } = await tokensFor({ ...a, accountId: account }, agent, client);
    const { uid } = await db
      .selectFrom("session")
      .select("uid")
      .where("account_id", "=", account)
      .orderBy("created_at", "desc")
      .executeTakeFirstOrThrow();
    if (session !== null)
      await db.transaction().execute((tx) =>
        saveEidSession(tx, {
          sessionUid: uid,
          broker,
          keyHash: sessionKeyHash({ keyring }, broker, session),
          brokerSession: keyring.seal(sessionPlace(uid), `${session};qualified`),
        }),
      );
    return { agent, accountId: account, uid, session: session ?? "", hint };
  }
  type Wanted = { accountId?: string; broker?: string; session?: string | null };

  const post = (agent: Agent, path: string, fields: Record<string, string> = {}) => {
    const browser = agent.cookies().find(({ name }) => name === "vahva_browser")?.value ?? "";
    const token = keyring.hash("form-token", browser).toString("base64url");
    return agent.send(path, { method: "POST", body: new URLSearchParams({ form_token: token, ...fields }) });
  };

  return {
    a,
    b,
    db,
    client,
    suomi,
    other,
    /** How often the application was told of an account of its own. */
    toldOf: (accountId: string) => told.filter(({ sub }) => sub === accountId).length,
    signedIn,
    post,
    /** Whether the session's row is there. */
    isLive: async (uid: string) =>
      (await db.selectFrom("session").select("uid").where("uid", "=", uid).execute()).length > 0,
    /** Whether the browser is let in without a question. */
    isSignedIn: async (agent: Agent) => {
      const answer = await agent.send(authorizeUrl(client, makePkce().challenge, { prompt: "none" }));
      return answer.location?.includes("code=") ?? false;
    },
    setState: (name: string, state: "open" | "closed") => {
      const broker = all.get(name);
      if (broker) all.set(name, { ...broker, state });
    },
    /** What the audit holds of a type, as `detail`s. */
    audited: async (type: string) =>
      (await db.selectFrom("audit_event").select("detail").where("type", "=", type).orderBy("number").execute()).map(
        ({ detail }) => detail as Record<string, unknown>, // jsonb of the audit
      ),
    close: async () => {
      listener.close();
      await b.close();
      await a.close();
    },
  };
}

export type LogoutGround = Awaited<ReturnType<typeof openLogoutGround>>;
