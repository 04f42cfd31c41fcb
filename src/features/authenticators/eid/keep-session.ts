import type { Tx } from "../../../platform/database/index.ts";
import type { EidDeps } from "./eid-deps.ts";
import { findBrokerSession } from "./request-store.ts";
import { makeSeals } from "./seals.ts";
import { saveEidSession } from "./session-store.ts";

export const sessionPlace = (sessionUid: string) => ({
  table: "eid_session",
  column: "broker_session",
  row: sessionUid,
});

export const sessionKeyHash = ({ keyring }: Pick<EidDeps, "keyring">, broker: string, key: string): Buffer =>
  keyring.hash("eid-session", `${broker}\0${key}`);

/** Remembers which of the broker's sessions a new one of ours began with: single logout comes without any cookie. */
export const makeKeepSession =
  (deps: EidDeps) =>
  async (tx: Tx, { uid, journeyId }: { uid: string; journeyId: string }): Promise<void> => {
    const { brokers, keyring } = deps;
    if (!brokers.open().some(({ connection }) => connection.logout)) return;
    const kept = await findBrokerSession(tx, journeyId);
    const logout = kept && brokers.find(kept.broker)?.connection.logout;
    if (!logout) return;
    const { broker, stateHash } = kept;
    const brokerSession = makeSeals(keyring).open("broker_session", stateHash, kept.brokerSession);
    await saveEidSession(tx, {
      sessionUid: uid,
      broker,
      keyHash: sessionKeyHash(deps, broker, logout.key(brokerSession)),
      brokerSession: keyring.seal(sessionPlace(uid), brokerSession),
    });
  };
