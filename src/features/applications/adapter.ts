import type { Adapter, AdapterPayload } from "oidc-provider";
import { days, type Instant, plus } from "../../kernel/time.ts";
import type { Clients } from "./clients.ts";
import { reportedAcr } from "./domain/requirement.ts";
import { authTimeOf, type EngineTime } from "./engine-time.ts";
import { type GrantRow, hashOf, type LiveSession, type TokenRow } from "./token-store.ts";
import { rememberApplication, work } from "./unit-of-work.ts";

/** Longer than any refresh token may live, so that a grant outlives all that was issued from it. */
export const grantLifetime = days(60);

/**
 * The engine's storage: reads come from the unit of work, changes go into it. Nothing here talks to the database.
 * Bearer values differ in length by kind, so that a value is looked up only as what it can be.
 */
export const tokenLengths = {
  AccessToken: 43,
  ClientCredentials: 44,
  RefreshToken: 45,
  AuthorizationCode: 46,
} as const;

type Parts = { clients: Clients; time: EngineTime };
type Store = Partial<Omit<Adapter, "upsert">> & {
  upsert?(id: string, payload: AdapterPayload, seconds?: number): Promise<void>;
};

export function makeAdapter({ clients, time }: Parts): (name: string) => Adapter {
  const bearer = (kind: keyof typeof tokenLengths): Store => ({
    async find(value) {
      if (value.length !== tokenLengths[kind]) return undefined;
      const token = await work().token(kind, value);
      if (token?.grantId) work().family = { grantId: token.grantId, accountId: String(token.payload.accountId) };
      return token ? tokenPayload(token, value, time) : undefined;
    },
    async upsert(value, payload) {
      const kept = kind === "AuthorizationCode" ? withReportedAcr(payload) : payload;
      insert(kind, value, kept, time);
    },
    async consume(value) {
      work().ops.push({ op: "consume", idHash: hashOf(value), now: work().now });
    },
    async destroy(value) {
      // What belongs to a grant ends with its generation, and stays to tell a replay by.
      const token = await work().token(kind, value);
      if (token && token.grantId === null) work().ops.push({ op: "delete-token", idHash: hashOf(value) });
    },
    async revokeByGrantId(grantId) {
      work().revoked.add(grantId);
    },
  });

  const stores: Readonly<Record<string, Store>> = {
    AccessToken: bearer("AccessToken"),
    ClientCredentials: bearer("ClientCredentials"),
    RefreshToken: bearer("RefreshToken"),
    AuthorizationCode: bearer("AuthorizationCode"),
    Client: {
      async find(id) {
        const client = await clients.find(id);
        if (client) rememberApplication(client.application);
        return client?.metadata;
      },
    },
    Session: {
      async find(id) {
        const session = await work().session(id);
        return session ? sessionPayload(session, id, time) : undefined;
      },
      async findByUid(uid) {
        const session = work().sessionByUid(uid);
        return session ? sessionPayload(session, uid, time) : undefined;
      },
      // A session begins and ends with journeys and sign-out alone: the engine only adds what it knows of applications.
      async upsert(_id, payload) {
        if (payload.uid) work().saveAuthorization(payload.uid, payload.authorizations ?? {});
      },
      async destroy() {},
    },
    Interaction: {
      async find() {
        return work().resumed ?? undefined;
      },
      async upsert(uid, payload) {
        work().started = { uid, payload };
      },
      async destroy() {},
    },
    Grant: {
      async find(id) {
        const grant = work().grant(id);
        return grant?.live ? grantPayload(grant, time) : undefined;
      },
      async upsert(id, payload) {
        saveGrant(id, payload);
      },
      async destroy(id) {
        work().revoked.add(id);
      },
    },
    PushedAuthorizationRequest: {
      async find(id) {
        const pushed = await work().token("PushedAuthorizationRequest", id);
        return pushed ? tokenPayload(pushed, id, time) : undefined;
      },
      async upsert(id, payload) {
        insert("PushedAuthorizationRequest", id, payload, time);
      },
      async consume(id) {
        work().ops.push({ op: "consume-pushed", idHash: hashOf(id), now: work().now });
      },
    },
    // The mark itself is the check: it goes in before everything else of the flush, or nothing does.
    ReplayDetection: {
      async find() {
        return undefined;
      },
      async upsert(id, payload) {
        work().ops.push({ op: "use", idHash: hashOf(id), expiresAt: time.toInstant(payload.exp ?? 0) });
      },
    },
  };

  return (name) => {
    const store = stores[name] ?? {};
    const unsupported = (verb: string) => async () => {
      throw new Error(`the engine wants to ${verb} ${name}, which is not in use`);
    };
    return {
      find: store.find ?? unsupported("find"),
      upsert: store.upsert ?? unsupported("save"),
      destroy: store.destroy ?? unsupported("destroy"),
      consume: store.consume ?? unsupported("consume"),
      findByUid: store.findByUid ?? unsupported("find"),
      findByUserCode: unsupported("find"),
      revokeByGrantId: store.revokeByGrantId ?? unsupported("revoke"),
    };
  };
}

/** Without what the row's own columns hold; `jti` is the bearer value itself. */
function strip({ jti: _jti, kind: _kind, iat: _iat, exp: _exp, consumed: _consumed, ...rest }: AdapterPayload) {
  return rest as Record<string, unknown>; // whatever the engine wants back
}

function insert(kind: string, value: string, payload: AdapterPayload, time: EngineTime): void {
  const { now } = work();
  work().insertToken({
    kind,
    value,
    // When a family of refresh tokens began is judged by the database's time too.
    payload: { ...strip(payload), ...(payload.iiat !== undefined && { iiat: time.toInstant(payload.iiat) }) },
    grantId: payload.grantId ?? null,
    sessionUid: payload.expiresWithSession ? (payload.sessionUid ?? null) : null,
    createdAt: payload.iat === undefined ? now : time.toInstant(payload.iat),
    expiresAt: time.toInstant(payload.exp ?? 0),
  });
}

const instants = (row: { createdAt: Instant; expiresAt: Instant }, time: EngineTime) => ({
  iat: time.toSeconds(row.createdAt),
  exp: time.toSeconds(row.expiresAt),
});

const tokenPayload = (token: TokenRow, jti: string, time: EngineTime): AdapterPayload => ({
  ...token.payload,
  ...(typeof token.payload.iiat === "string" && { iiat: time.toSeconds(new Date(token.payload.iiat)) }),
  ...instants(token, time),
  jti,
  kind: token.kind,
  ...(token.consumedAt && { consumed: time.toSeconds(token.consumedAt) }),
});

const grantPayload = (grant: GrantRow, time: EngineTime): AdapterPayload => ({
  ...structuredClone(grant.payload),
  ...instants(grant, time),
  jti: grant.id,
  kind: "Grant",
});

// The engine changes what it is given, at any depth.
const sessionPayload = (session: LiveSession, jti: string, time: EngineTime): AdapterPayload => ({
  jti,
  kind: "Session",
  uid: session.uid,
  accountId: work().holderOf(session.uid)?.accountId,
  acr: session.acr,
  amr: [...session.amr],
  loginTs: authTimeOf(session.authenticatedAt),
  authorizations: structuredClone(session.authorizations) as AdapterPayload["authorizations"],
  ...instants(session, time),
});

function saveGrant(id: string, payload: AdapterPayload): void {
  const { now } = work();
  const holder = work().holder(payload.accountId ?? "");
  if (!holder) throw new Error("a grant of an account that was not read");
  const before = work().grant(id);
  work().saveGrant(
    {
      id,
      clientId: payload.clientId ?? "",
      payload: strip(payload),
      generation: before?.generation ?? 0,
      createdAt: now,
      expiresAt: plus(now, grantLifetime),
      live: true,
    },
    holder,
  );
}

/** The claim `acr` of the ID token: where it was essential, in the words of whoever asked. */
function withReportedAcr(payload: AdapterPayload): AdapterPayload {
  const asked = payload.claims?.id_token?.acr;
  if (!asked?.essential || payload.acr === undefined) return payload;
  const values = [asked.value, ...(asked.values ?? [])].filter((value) => typeof value === "string");
  return { ...payload, acr: reportedAcr(payload.acr, values) };
}
