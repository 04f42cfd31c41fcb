import { localised } from "../../../kernel/language.ts";
import { type Instant, minutes, plus, seconds } from "../../../kernel/time.ts";
import {
  type Answer,
  type Described,
  type Identification,
  type Identified,
  levelTooLow,
} from "../../../ports/identity-broker.ts";
import type { Attempt, Outcome } from "../../journey/index.ts";
import type { Broker } from "./brokers/broker.ts";
import { outcome, unavailable } from "./depart.ts";
import type { EidDeps } from "./eid-deps.ts";
import { savePending } from "./pending-store.ts";
import type { Asked, Prover } from "./prover.ts";
import { saveAnswer } from "./request-store.ts";
import { type Found, makeSeals } from "./seals.ts";

/** How long a person may think about which account they mean. */
export const choiceLifetime = minutes(5);

/** How long somebody may take on their phone. */
const pendingLifetime = minutes(20);

/** Clocks may differ by so much. */
const skew = seconds(60);

/** A request that its answer has come to. */
export type Answered = Readonly<{ stateHash: Buffer; sentAt: Instant; answer: Answer }>;

/**
 * What a service's answer means to whoever asked for the proof, as an attempt; null where the person is to see the step's
 * page first: to choose an account, or to wait.
 */
export const makeTakeProof = ({ db, clock, keyring, identities }: EidDeps) => {
  const seals = makeSeals(keyring);

  const identified = async (prover: Prover, asked: Asked, request: Answered, broker: string, who: Identified) => {
    const found: Found = { index: identities.blindIndex(who.identity), level: who.level, broker };
    const accounts = await prover.accountsOf(asked, found);
    if (accounts.length <= 1) return prover.judge(asked, found, accounts[0]?.accountId ?? null);
    const until = plus(clock.now(), choiceLifetime);
    await saveAnswer(db, { stateHash: request.stateHash, answer: seals.sealFound(request.stateHash, found), until });
    return null;
  };

  return async (
    prover: Prover,
    asked: Asked,
    request: Answered,
    broker: string,
    came: Identified | Described | Readonly<{ result: "pending" }>,
  ): Promise<Attempt | null> => {
    if (came.result === "pending") {
      const now = clock.now();
      const pending = seals.seal("pending", request.stateHash, JSON.stringify(request.answer));
      const until = plus(now, pendingLifetime);
      await savePending(db, { stateHash: request.stateHash, pending, until }, now);
      return null;
    }
    // REC-3: just now, whatever the service lets pass.
    if (plus(came.authenticatedAt, skew) < request.sentAt)
      return outcome(refusal(broker, { result: "refused", reason: "authentication-old" }));
    if (came.result === "identified") return identified(prover, asked, request, broker, came);
    const attempt = await prover.judgeDescribed?.(asked, { ...came, broker });
    return attempt ?? outcome(refusal(broker, came));
  };
};

type Failed = Exclude<Identification, { result: "identified" }>;

/** What came of it when it told nobody. */
export const failure = ({ name, title }: Broker, came: Failed, language: Parameters<typeof localised>[1]): Outcome =>
  came.result === "unavailable" ? unavailable(name, localised(title, language), came) : refusal(name, came);

export const refusal = (broker: string, came: Exclude<Failed, { result: "unavailable" }>): Outcome => {
  if (came.result === "cancelled")
    return {
      result: "refused",
      notice: { key: "eid:cancelled", tone: "warn" },
      event: { type: "eid.cancelled", detail: { broker } },
    };
  // Somebody of whom no identity is known, or not yet, signs in to nothing.
  const reason = came.result === "refused" ? came.reason : came.result;
  return {
    result: "refused",
    notice: { key: reason === levelTooLow ? "eid:too-weak" : "eid:refused" },
    event: { type: "eid.refused", detail: { broker, reason } },
  };
};
