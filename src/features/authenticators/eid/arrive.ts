import type { Language } from "../../../kernel/language.ts";
import { plus } from "../../../kernel/time.ts";
import type { Answer, Identification, Identified } from "../../../ports/identity-broker.ts";
import { type Attempt, missOf } from "../../journey/index.ts";
import type { Broker } from "./brokers/broker.ts";
import { closed, outcome } from "./depart.ts";
import { type EidDeps, postedBy, stateHash } from "./eid-deps.ts";
import { anotherPerson, judgeSignIn, notLinked } from "./judge.ts";
import { judgeLink } from "./link-eid.ts";
import type { Prover } from "./prover.ts";
import { findRequest, saveAnswer, saveBrokerSession, type UsedRequest, useRequest } from "./request-store.ts";
import { type Found, makeSeals } from "./seals.ts";
import { choiceLifetime, failure, makeTakeProof } from "./take-answer.ts";

/** What a browser came back with, from the broker `broker`. */
export type Coming = Readonly<{ broker: string; answer: Answer; browserHash: Buffer; language: Language }>;

export type Came =
  /** To be judged by the dispatcher. */
  | Readonly<{ to: "judge"; id: string; kind: string; attempt: Attempt }>
  /** Nothing to judge: on to the journey's page. */
  | Readonly<{ to: "journey"; id: string }>
  /** Not this browser's, or long gone; `foreign` when another browser left with it. */
  | Readonly<{ to: "nowhere"; foreign: boolean }>
  /** A passport was read by this phone for another browser, which goes on by itself. */
  | Readonly<{ to: "other-browser" }>;

/**
 * Receives a browser that comes back from a broker. The request is used up first, once, by the browser that left with it
 * (T44); then the answer is looked at, outside of any transaction; the dispatcher judges what came of it.
 */
export const makeArrive = (deps: EidDeps & Readonly<{ provers: readonly Prover[] }>) => {
  const { db, clock, keyring, brokers, identities, provers, onOutcome } = deps;
  const seals = makeSeals(keyring);
  const takeProof = makeTakeProof(deps);

  const look = async (
    broker: Broker,
    request: UsedRequest,
    hash: Buffer,
    { answer, language }: Coming,
  ): Promise<Identification> => {
    const response = request.posted && seals.open("posted", hash, request.posted);
    if (response !== null && answer.posted !== postedBy(deps, response))
      return { result: "refused", reason: "posted-by-another-browser" };
    const posted = response === null ? {} : { SAMLResponse: response };
    return broker.connection.identify(
      { ...answer, ...posted },
      {
        memory: seals.open("memory", hash, request.memory),
        state: answer.state ?? "",
        sentAt: request.sentAt,
        language,
        level: request.level,
        now: clock.now(),
      },
    );
  };

  /** Who it is, as an attempt on an account; null when the person has to choose one first. */
  const attemptOf = async (request: UsedRequest, hash: Buffer, broker: string, who: Identified) => {
    const { identity, level, brokerSession } = who;
    if (brokerSession) await saveBrokerSession(db, hash, seals.seal("broker_session", hash, brokerSession));
    const found: Found = { index: identities.blindIndex(identity), level, broker };
    if (request.kind === "eid-link")
      return {
        decide: (tx, now) => (journey) => judgeLink(deps, tx, journey, { ...found, identity }, now),
      } satisfies Attempt;
    const { linked: accounts, missed } = await identities.find(db, found.index, request.organisationId);
    const known = request.accountId;
    if (known && !accounts.some(({ accountId }) => accountId === known)) return outcome(anotherPerson(broker));
    const accountId = known ?? accounts[0]?.accountId;
    if (accountId === undefined) return outcome(notLinked(broker, missOf(missed)));
    if (!known && accounts.length > 1) {
      await saveAnswer(db, {
        stateHash: hash,
        answer: seals.sealFound(hash, found),
        until: plus(clock.now(), choiceLifetime),
      });
      return null;
    }
    return { accountId, decide: (tx) => (journey) => judgeSignIn(deps, tx, journey, found) } satisfies Attempt;
  };

  const judgeable = async (
    request: UsedRequest,
    stateHash: Buffer,
    broker: Broker,
    came: Identification,
    { answer, language }: Coming,
  ): Promise<Attempt | null> => {
    const { journeyId, kind, loginHint, organisationId, sentAt } = request;
    const prover = provers.find((each) => each.kind === kind);
    // What was done on the phone is there when the outage is over: its page asks again.
    const told = came.result === "unavailable" && broker.provesOnly ? ({ result: "pending" } as const) : came;
    if (prover && (told.result === "identified" || told.result === "described" || told.result === "pending")) {
      const asked = { journeyId, loginHint, organisationId };
      return takeProof(prover, asked, { stateHash, sentAt, answer }, broker.name, told);
    }
    if (came.result === "identified") return attemptOf(request, stateHash, broker.name, came);
    return outcome(failure(broker, came, language));
  };

  return async (coming: Coming): Promise<Came> => {
    const { broker: name, answer, browserHash } = coming;
    const hash = stateHash(deps, answer.state ?? "");
    const request = await useRequest(db, { stateHash: hash, broker: name, browserHash }, clock.now());
    if (!request) {
      const known = await findRequest(db, hash);
      if (!known?.browserHash.equals(browserHash))
        return known && brokers.find(name)?.provesOnly
          ? { to: "other-browser" }
          : { to: "nowhere", foreign: known !== null };
      const { journeyId: id, kind, usedAt } = known;
      // Used before: a reload, or a bookmark. Otherwise it has taken too long, or came to another broker's address.
      return usedAt ? { to: "journey", id } : { to: "judge", id, kind, attempt: outcome(expired(name)) };
    }
    const { journeyId: id, kind } = request;
    const broker = brokers.find(name);
    if (broker?.state !== "open") return { to: "judge", id, kind, attempt: outcome(closed(name)) };
    const came = await look(broker, request, hash, coming);
    onOutcome?.(name, came.result);
    const attempt = await judgeable(request, hash, broker, came, coming);
    return attempt ? { to: "judge", id, kind, attempt } : { to: "journey", id };
  };
};

const expired = (broker: string) =>
  ({
    result: "refused",
    notice: { key: "eid:expired", tone: "warn" },
    event: { type: "eid.refused", detail: { broker, reason: "expired" } },
  }) as const;
