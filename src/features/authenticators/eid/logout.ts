import type { Origin } from "../../../kernel/origin.ts";
import { hours, minutes, plus } from "../../../kernel/time.ts";
import { use } from "../../../platform/throttle/index.ts";
import type { BrokerLogout } from "../../../ports/identity-broker.ts";
import type { Audit, AuditEvent } from "../../audit/index.ts";
import { type EndedSession, endSession, type Farewell } from "../../sessions/index.ts";
import type { EidDeps } from "./eid-deps.ts";
import { sessionKeyHash, sessionPlace } from "./keep-session.ts";
import { insertLeaving, noteMessage, takeLeaving } from "./logout-store.ts";
import { findEidSession, findSessionsOf } from "./session-store.ts";

/** How long a person may look at what the broker says of their signing out. */
const leavingLifetime = minutes(20);

export type LogoutDeps = EidDeps &
  Readonly<{
    audit: Audit;
    /** Tells the applications (SIN-11), after the sessions have ended. */
    onSessionsEnded(ended: readonly EndedSession[]): void;
  }>;

type From = Pick<Origin, "network" | "reference">;

const stateHash = ({ keyring }: EidDeps, broker: string, state: string) =>
  keyring.hash("eid-logout-state", `${broker}\0${state}`);
const memoryPlace = (hash: Buffer) => ({ table: "eid_logout", column: "memory", row: hash.toString("hex") });

/**
 * Sends a browser that has signed out on to the broker's single logout. Our session has ended before; whatever is the
 * matter with the broker, the browser gets where it was going.
 */
export const makeFarewell =
  (deps: EidDeps): Farewell =>
  async (sessionUid) => {
    const { db, clock, random, keyring, brokers, log } = deps;
    const someHaveIt = brokers.open().some(({ connection }) => connection.logout);
    const kept = someHaveIt ? await findEidSession(db, sessionUid) : null;
    return async (onward, { browserHash, language }) => {
      const broker = kept && brokers.find(kept.broker);
      const logout = broker?.state === "open" ? broker.connection.logout : undefined;
      if (!kept || !logout) return onward;
      try {
        const state = random.bytes(32).toString("base64url");
        const hash = stateHash(deps, kept.broker, state);
        const now = clock.now();
        const brokerSession = keyring.open(sessionPlace(sessionUid), kept.brokerSession).toString();
        const { url, memory } = await logout.request({ brokerSession, state, language, now });
        await insertLeaving(db, {
          stateHash: hash,
          browserHash,
          memory: keyring.seal(memoryPlace(hash), memory),
          onward,
          expiresAt: plus(now, leavingLifetime),
        });
        return url;
      } catch (error) {
        log.warn({ err: error, broker: kept.broker }, "a broker was not asked to end its session");
        return onward;
      }
    };
  };

/** A browser that comes back from a broker's single logout: `query` is the raw query string, `state` what it brings. */
export type Return = Readonly<{ broker: string; query: string; state: string; browserHash: Buffer }>;

/**
 * Where a browser goes on to that has come back: what was kept when it left, once; null when it is not on its way. Nothing
 * of the request leads anywhere (T61), and the answer changes nothing: it is only looked at for the audit.
 */
export const makeReturn =
  (deps: LogoutDeps) =>
  async ({ broker, query, state, browserHash }: Return, from: From): Promise<string | null> => {
    const { db, clock, keyring, brokers } = deps;
    const hash = stateHash(deps, broker, state);
    const now = clock.now();
    const leaving = await takeLeaving(db, { stateHash: hash, browserHash }, now);
    if (!leaving) return null;
    const memory = keyring.open(memoryPlace(hash), leaving.memory).toString();
    const logout = brokers.find(broker)?.connection.logout;
    const genuine = await logout?.readAnswer(query, { memory, now }).catch(() => false);
    if (!genuine) await refuse(deps, { broker, reason: "answer-not-genuine" }, from);
    return leaving.onward;
  };

/**
 * Ends what a broker's request asks for: the sessions that began with the broker's session it names, and no others. A closed
 * broker's too, as its sessions go on. Resolves to the address that tells the broker so; null when the request is refused.
 */
export const makeEndByBroker =
  (deps: LogoutDeps) =>
  async (broker: string, logout: BrokerLogout, query: string, from: From): Promise<string | null> => {
    const { db, clock, keyring, audit, onSessionsEnded } = deps;
    const now = clock.now();
    const asked = await logout.readRequest(query, now);
    if (!asked) return refuse(deps, { broker, reason: "not-genuine" }, from);
    // A message is remembered for as long as it is taken: none counts twice (T60).
    if (asked.expiresAt <= now) return refuse(deps, { broker, reason: "expired" }, from);
    const messageHash = keyring.hash("eid-logout-message", `${broker}\0${asked.messageId}`);
    const keyHash = sessionKeyHash(deps, broker, logout.key(asked.brokerSession));

    const ended = await db.transaction().execute(async (tx) => {
      if (!(await noteMessage(tx, messageHash, asked.expiresAt))) return null;
      const gone: EndedSession[] = [];
      const events: AuditEvent[] = [];
      for (const { uid, accountId, organisationId } of await findSessionsOf(tx, { broker, keyHash })) {
        const session = await endSession(tx, accountId, uid);
        if (!session) continue;
        gone.push(session);
        events.push({
          type: "session.ended",
          result: "done",
          actor: "system",
          organisationId,
          accountId,
          ...from,
          detail: { session: uid, reason: "broker", broker },
        });
      }
      await audit.record(tx, events);
      return gone;
    });
    if (!ended) return refuse(deps, { broker, reason: "replayed" }, from);
    if (ended.length > 0) onSessionsEnded(ended);
    return logout.answer(asked.memory, clock.now());
  };

/** Strangers can send such messages without end: a few of each network's are audited. */
async function refuse(
  { db, clock, audit }: LogoutDeps,
  detail: Readonly<{ broker: string; reason: "not-genuine" | "expired" | "replayed" | "answer-not-genuine" }>,
  { network, reference }: From,
): Promise<null> {
  const limit = { key: `eid-logout:${network}`, limit: 20, window: hours(1) };
  if (await use(db, limit, clock.now())) return null;
  await db.transaction().execute((tx) =>
    audit.record(tx, [
      {
        type: "eid.logout-refused",
        result: "refused",
        actor: "stranger",
        organisationId: null,
        network,
        reference,
        detail,
      },
    ]),
  );
  return null;
}
