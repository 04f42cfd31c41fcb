import { levels } from "../../../kernel/identity.ts";
import type { Tx } from "../../../platform/database/index.ts";
import { type Journey, type Miss, missedMeanwhile, type Outcome } from "../../journey/index.ts";
import { isOpen } from "./brokers/broker-store.ts";
import { closed } from "./depart.ts";
import type { EidDeps } from "./eid-deps.ts";
import type { Found } from "./seals.ts";

/** The same for who is bound nowhere and whose account is closed; the audit alone tells them apart (REC-6). */
export const notLinked = (broker: string, { reason, about }: Miss): Outcome => ({
  result: "refused",
  notice: { key: "eid:not-linked", tone: "warn" },
  event: { type: "eid.not-linked", detail: { broker, reason } },
  ...(about && { about }),
});

export const anotherPerson = (broker: string): Outcome => ({
  result: "refused",
  notice: { key: "eid:another-person" },
  event: { type: "identity.refused", detail: { broker, reason: "another-person" } },
});

/** Why an identification does not count for this journey's organisation at this moment; null when it does. */
export async function objection(
  { brokers }: Pick<EidDeps, "brokers">,
  tx: Tx,
  { organisation }: Journey,
  { broker, level }: Found,
): Promise<Outcome | null> {
  const open = await isOpen(tx, broker);
  if (!open || !brokers.offeredTo(organisation).some(({ name }) => name === broker)) return closed(broker);
  const least = organisation?.policy.eid.level ?? "substantial";
  if (levels.indexOf(level) >= levels.indexOf(least)) return null;
  return {
    result: "refused",
    notice: { key: "eid:too-weak" },
    event: { type: "eid.refused", detail: { broker, reason: "too-weak" } },
  };
}

/** SIN-2: whether who was identified is whom the account's eID is bound to, judged under the account's lock. */
export async function judgeSignIn(deps: EidDeps, tx: Tx, journey: Journey, found: Found): Promise<Outcome> {
  const { broker } = found;
  const against = await objection(deps, tx, journey, found);
  if (against) return against;
  const own = journey.authenticators.find(({ method }) => method === "eid");
  const bound = journey.account && (await deps.identities.expected(tx, journey.account.id));
  if (!own || !bound?.equals(found.index)) return notLinked(broker, missedMeanwhile(journey));
  return {
    result: "shown",
    proofs: [{ kind: "eid", authenticatorId: own.id }],
    event: { type: "eid.identified", detail: { broker, level: found.level } },
  };
}
