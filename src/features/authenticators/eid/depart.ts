import { minutes, plus } from "../../../kernel/time.ts";
import type { Attempt, Form, Journey, Outcome, Poster } from "../../journey/index.ts";
import { choicesFor, type EidDeps, stateHash } from "./eid-deps.ts";
import { insertRequest } from "./request-store.ts";
import { makeSeals } from "./seals.ts";

/** How long a person may take at the bank. */
const requestLifetime = minutes(20);

export const outcome = (result: Outcome): Attempt => ({ decide: () => async () => result });

export const unavailable = (broker: string, title: string, { reason, notice }: { reason: string; notice?: string }) =>
  ({
    result: "refused",
    notice: notice
      ? { key: "eid:unavailable-said", parameters: { broker: title, notice } }
      : { key: "eid:unavailable", parameters: { broker: title } },
    event: { type: "eid.unavailable", detail: { broker, reason } },
  }) as const satisfies Outcome;

export const closed = (broker: string): Outcome => ({
  result: "refused",
  notice: { key: "eid:closed", tone: "warn" },
  event: { type: "eid.refused", detail: { broker, reason: "closed" } },
});

/**
 * Sends the person to a broker, by one of its means or to its own page. The request that goes with them is signed before
 * the transaction; nothing leaves before the row that its answer is checked by is there. `offered` are the brokers that
 * may be chosen, those for signing in if it is left out.
 */
export const makeDepart =
  (deps: EidDeps) =>
  async (
    kind: string,
    journey: Journey,
    form: Form,
    poster: Poster,
    offered = deps.brokers.offeredTo(journey.organisation),
  ): Promise<Attempt> => {
    // A button that only says "try again": back to the choice, without what was refused.
    if (!form.means) return outcome({ result: "left", url: `/journey/${journey.id}` });
    const { clock, random, keyring, onOutcome } = deps;
    const [name = "", ...rest] = form.means.split(" ");
    const means = rest.join(" ") || null;
    const now = clock.now();
    const { language } = poster;
    const choices = await choicesFor(offered, journey.organisation, { language, now });
    const choice = choices.find((each) => each.name === name);
    const known = choice?.selection.means ?? [];
    if (!choice || (means === null ? known.length > 0 : !known.some(({ id }) => id === means)))
      // Anybody's text, which has no place in the audit.
      return outcome(closed(choice?.name ?? "unknown"));

    const state = random.bytes(32).toString("base64url");
    const level = journey.organisation?.policy.eid.level ?? "substantial";
    const departure = await choice.broker.connection.depart({ state, language, means, level, now });
    if (departure.result === "unavailable") {
      onOutcome?.(name, "unavailable");
      return outcome(unavailable(name, choice.title, departure));
    }
    const hash = stateHash(deps, state);
    const seals = makeSeals(keyring);
    const memory = seals.seal("memory", hash, departure.memory);
    // A passport is read by a phone: the browser that left may never be sent back, and its page asks by itself.
    const pending = choice.broker.provesOnly ? seals.seal("pending", hash, JSON.stringify({ state })) : null;
    return {
      decide: (tx, sentAt) => async () => {
        const expiresAt = plus(sentAt, requestLifetime);
        const request = {
          stateHash: hash,
          journeyId: journey.id,
          kind,
          broker: name,
          memory,
          level,
          pending,
          sentAt,
          expiresAt,
        };
        await insertRequest(tx, request);
        return { result: "left", url: departure.url };
      },
    };
  };
