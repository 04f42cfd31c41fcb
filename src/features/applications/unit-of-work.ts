import { AsyncLocalStorage } from "node:async_hooks";
import { isDeepStrictEqual } from "node:util";
import type { AdapterPayload } from "oidc-provider";
import { minutes, plus } from "../../kernel/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CodeMemory } from "./code-memory.ts";
import type { Application } from "./domain/application.ts";
import type { Op } from "./flush-store.ts";
import type { StoredInteraction } from "./interaction-cookie.ts";
import type { Found, GrantRow, Holder, LiveSession, TokenRow } from "./token-store.ts";
import { hashOf } from "./token-store.ts";

/** How stale a session's last use may be: a write for every request would cost more than it tells. */
const touchEvery = minutes(1);

export type Reads = {
  session(query: { id: string; clientId: string | null; now: Date }): Promise<Found | null>;
  token(query: { idHash: Buffer; kind: string; now: Date }): Promise<(Found & { token: TokenRow }) | null>;
};

/** What the engine put down to come back to after the sign-in. */
export type StartedInteraction = { uid: string; payload: AdapterPayload } & Partial<
  Pick<StoredInteraction, "journey" | "requirement">
>;

/**
 * One request to the engine: everything it reads, read once and together, and everything it writes, written once and at
 * the end. The engine itself checks "used already" on the copy that it read; here the flush does, in the database.
 */
export type UnitOfWork = {
  readonly now: Date;
  /** For whom the session's grant is read along. */
  readonly clientId: string | null;
  readonly ops: Op[];
  /** The applications of this request, as they were when it began: a notice in between changes nothing for it. */
  readonly applications: Map<string, Application>;
  /** Families that end, each with the way it came to that. */
  readonly revoked: Set<string>;
  session(id: string): Promise<LiveSession | null>;
  sessionByUid(uid: string): LiveSession | null;
  /** The session of this request's cookie, once it was asked for. */
  current(): LiveSession | null;
  holder(accountId: string): Holder | null;
  holderOf(sessionUid: string): Holder | null;
  grant(id: string): GrantRow | null;
  token(kind: string, value: string): Promise<TokenRow | null>;
  /** The engine saves the session whenever it looked at it: only what changed is kept. */
  saveAuthorization(uid: string, authorizations: Readonly<Record<string, unknown>>): void;
  saveGrant(grant: GrantRow, holder: Holder): void;
  insertToken(token: {
    kind: string;
    value: string;
    payload: Record<string, unknown>;
    grantId: string | null;
    sessionUid: string | null;
    createdAt: Date;
    expiresAt: Date;
  }): void;
  touch(): void;
  /** The code that this request issued, to be remembered once it is written. */
  issued(): { idHash: Buffer; entry: Found & { token: TokenRow } } | null;
  /** What the engine can't know: the browser, the page, whom to tell. */
  readonly edge: Edge;
  /** The family whose code or refresh token this request presents. */
  family: { grantId: string; accountId: string } | null;
  /** Whose identity this request's grant tells for the first time, and to which application. */
  released: { accountId: string; clientId: string } | null;
  /** The interaction to resume, and the one that this request starts. */
  resumed: AdapterPayload | null;
  started: StartedInteraction | null;
};

type IssuedCode = {
  idHash: Buffer;
  token: TokenRow;
  grant: GrantRow | null;
  holder: Holder | undefined;
  sessionUid: string | null;
};

/** Why a request to the engine ends on a page of ours. */
export type Problem = "unknown-application" | "wrong-return-address" | "bad-request" | "fault";

export type Edge = {
  /** What the journey is bound to; gives the browser its cookie when it has none. */
  browserHash(): Buffer;
  page(problem: Problem, clientId: string | null): Promise<string>;
  network: string;
  reference: string;
};

const storage = new AsyncLocalStorage<UnitOfWork>();

/** Runs the engine on `work`. */
export const runWork = <T>(work: UnitOfWork, run: () => T): T => storage.run(work, run);

/** Keeps an application for the rest of the request that reads it. */
export const rememberApplication = (application: Application): void => {
  storage.getStore()?.applications.set(application.clientId, application);
};

/** An application that the engine has read in this request. */
export function applicationOf(clientId: string | undefined): Application {
  const application = work().applications.get(clientId ?? "");
  if (!application) throw new Error("an application that this request has not read");
  return application;
}

/** The unit of work of the request that is running. */
export function work(): UnitOfWork {
  const current = storage.getStore();
  if (!current) throw new Error("the engine was asked outside a unit of work");
  return current;
}

/** POL-3: whether the rules of today still let in by what a session rests on. Sign-out asks nobody. */
export type StillLetsIn = (session: LiveSession, holder: Holder) => boolean;

export function makeUnitOfWork(
  { reads, clock, codes, stillLetsIn }: { reads: Reads; clock: Clock; codes: CodeMemory; stillLetsIn: StillLetsIn },
  edge: Edge,
  clientId: string | null,
): UnitOfWork {
  const now = clock.now();
  const ops: Op[] = [];
  const sessionsById = new Map<string, Promise<LiveSession | null>>();
  const sessions = new Map<string, LiveSession>();
  const owners = new Map<string, string>();
  const holders = new Map<string, Holder>();
  const grants = new Map<string, GrantRow>();
  const tokens = new Map<string, Promise<TokenRow | null>>();
  /** Sessions as they will be once this request is written. */
  const changed = new Map<string, LiveSession>();
  let current: LiveSession | null = null;
  let code: IssuedCode | null = null;

  const keep = ({ session, holder, grant }: Found) => {
    if (session) sessions.set(session.uid, session);
    if (session && holder) owners.set(session.uid, holder.accountId);
    if (holder) holders.set(holder.accountId, holder);
    if (grant) grants.set(grant.id, grant);
  };
  const isForbidden = ({ session, holder }: Found) =>
    session !== null && holder !== null && !stillLetsIn(session, holder);
  const readSession = async (id: string) => {
    const found = await reads.session({ id, clientId, now });
    if (!found || isForbidden(found)) return null;
    keep(found);
    current = found.session;
    return current;
  };
  const readToken = async (kind: string, value: string) => {
    const idHash = hashOf(value);
    const found =
      (kind === "AuthorizationCode" && codes.take(idHash, now)) || (await reads.token({ idHash, kind, now }));
    if (!found || (kind === "RefreshToken" && isForbidden(found))) return null;
    keep(found);
    return found.token;
  };
  const once = <T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> => {
    const reading = known.get(key) ?? read();
    known.set(key, reading);
    return reading;
  };

  const touch = () => {
    const session = current ?? sessions.values().next().value;
    if (!session || plus(session.lastUsedAt, touchEvery) > now) return;
    if (!ops.some(({ op }) => op === "touch-session" || op === "save-authorization"))
      ops.push({ op: "touch-session", uid: session.uid, now });
  };

  return {
    now,
    clientId,
    ops,
    applications: new Map(),
    revoked: new Set(),
    session: (id) => once(sessionsById, id, () => readSession(id)),
    sessionByUid: (uid) => sessions.get(uid) ?? null,
    current: () => current,
    holder: (accountId) => holders.get(accountId) ?? null,
    holderOf: (uid) => holders.get(owners.get(uid) ?? "") ?? null,
    grant: (id) => grants.get(id) ?? null,
    token: (kind, value) => once(tokens, `${kind} ${value}`, () => readToken(kind, value)),
    saveAuthorization(uid, authorizations) {
      const session = sessions.get(uid);
      if (!session || clientId === null) return;
      const authorization = authorizations[clientId];
      const known = ops.findIndex(({ op }) => op === "save-authorization");
      if (known >= 0) ops.splice(known, 1);
      if (!authorization || isDeepStrictEqual(authorization, session.authorizations[clientId])) return touch();
      ops.push({ op: "save-authorization", uid, clientId, authorization: { ...authorization }, now });
      changed.set(uid, { ...session, authorizations: { ...session.authorizations, [clientId]: { ...authorization } } });
    },
    saveGrant(grant, holder) {
      grants.set(grant.id, grant);
      const { id, clientId: ofClient, payload, createdAt, expiresAt } = grant;
      const known = ops.findIndex((op) => op.op === "save-grant" && op.id === id);
      if (known >= 0) ops.splice(known, 1);
      const { accountId, epoch } = holder;
      ops.push({ op: "save-grant", id, accountId, epoch, clientId: ofClient, payload, createdAt, expiresAt });
    },
    insertToken({ kind, value, payload, grantId, sessionUid, createdAt, expiresAt }) {
      const idHash = hashOf(value);
      const grant = grantId === null ? null : (grants.get(grantId) ?? null);
      const generation = grant?.generation ?? (grantId === null ? null : 0);
      ops.push({ op: "insert-token", idHash, kind, grantId, generation, sessionUid, payload, createdAt, expiresAt });
      if (kind !== "AuthorizationCode") return;
      const token = { kind, payload, createdAt, expiresAt, consumedAt: null, grantId };
      code = { idHash, token, grant, holder: holders.get(String(payload.accountId)), sessionUid };
    },
    touch,
    issued() {
      if (!code?.grant || !code.holder) return null;
      const { idHash, token, grant, holder, sessionUid: uid } = code;
      const session = uid === null ? null : (changed.get(uid) ?? sessions.get(uid) ?? null);
      return { idHash, entry: { token, grant, holder, session } };
    },
    edge,
    family: null,
    released: null,
    resumed: null,
    started: null,
  };
}
