import * as z from "zod";
import type { Language } from "../../../kernel/language.ts";
import { plus, seconds } from "../../../kernel/time.ts";
import type { Attempt, Journey } from "../../journey/index.ts";
import { closed, outcome } from "./depart.ts";
import type { EidDeps } from "./eid-deps.ts";
import { endPending, findPending, takeTurn } from "./pending-store.ts";
import { askedBy, type Prover } from "./prover.ts";
import { makeSeals } from "./seals.ts";
import { failure, makeTakeProof } from "./take-answer.ts";

/** A broker is asked no sooner again. */
const pause = seconds(3);

const answerSchema = z.record(z.string(), z.string());

/** Asks a broker again about an identification that goes on elsewhere: on the person's phone. */
export const makeAskAgain = (deps: EidDeps, prover: Prover) => {
  const { db, clock, keyring, brokers, onOutcome } = deps;
  const seals = makeSeals(keyring);
  const take = makeTakeProof(deps);

  return async (journey: Journey, language: Language): Promise<Attempt> => {
    const stay = outcome({ result: "left", url: `/journey/${journey.id}` });
    const now = clock.now();
    const request = await findPending(db, journey.id, now);
    if (!request || !(await takeTurn(db, request.stateHash, plus(now, -pause), now))) return stay;
    const { stateHash, level, sentAt } = request;
    const broker = brokers.find(request.broker);
    if (broker?.state !== "open") {
      await endPending(db, stateHash);
      return outcome(closed(request.broker));
    }
    const answer = answerSchema.parse(JSON.parse(seals.open("pending", stateHash, request.pending)));
    const came = await broker.connection.identify(answer, {
      memory: seals.open("memory", stateHash, request.memory),
      state: answer.state ?? "",
      sentAt,
      language,
      level,
      now,
    });
    // An outage passes, and the person may still be at it.
    if (came.result === "pending" || came.result === "unavailable") return stay;
    if (!(await endPending(db, stateHash))) return stay;
    onOutcome?.(broker.name, came.result);
    if (came.result !== "identified" && came.result !== "described") return outcome(failure(broker, came, language));
    const asked = askedBy(journey);
    return (await take(prover, asked, { stateHash, sentAt, answer }, broker.name, came)) ?? stay;
  };
};
