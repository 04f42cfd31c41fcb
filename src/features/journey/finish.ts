import type { Origin } from "../../kernel/origin.ts";
import { minutes, plus, seconds } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { Random } from "../../ports/random.ts";
import type { AuditEvent } from "../audit/index.ts";
import { raiseEpoch, setAccountState } from "../organisations/index.ts";
import { endAllSessions, makeSessionId, startSession } from "../sessions/index.ts";
import { noteSignIn } from "./authenticator/store.ts";
import { makeBegin } from "./begin.ts";
import { assurance } from "./domain/assurance.ts";
import { completedWay, isStranded, nextStep, type Step } from "./domain/next-step.ts";
import { goodForOne } from "./domain/rules.ts";
import { factsOf } from "./facts.ts";
import type { Journey, Outcome, Purpose } from "./method.ts";
import type { Advance, JourneyDeps, Posted } from "./posted.ts";
import { saveChange } from "./store.ts";

/** What the audit says of a step, whoever takes it. */
export const eventOf = (
  journey: Journey,
  origin: Origin,
  result: AuditEvent["result"],
  { type, detail }: Pick<AuditEvent, "type" | "detail">,
): AuditEvent => ({
  type,
  result,
  actor: journey.account && result === "done" ? `account:${journey.account.id}` : "stranger",
  organisationId: journey.organisation?.id ?? null,
  accountId: journey.account?.id ?? null,
  network: origin.network,
  reference: origin.reference,
  detail: { purpose: journey.purpose, ...(journey.application && { application: journey.application }), ...detail },
});

const refusalOf = (step: Step): Pick<AuditEvent, "type" | "detail"> => ({
  type: "journey.refused",
  detail: { reason: step.do === "refuse" ? step.reason : null },
});

export type Refused = Outcome & { result: "refused" };

export type Finish = ReturnType<typeof makeFinish>;

/**
 * Saves a proof, and ends the journey when it was the last one: purpose, session and audit in the same transaction. Where
 * it goes on, `unmet` tells the person and the audit why the proof does not count.
 */
export function makeFinish(
  deps: JourneyDeps,
  purposes: ReadonlyMap<string, Purpose>,
  amrOf: ReadonlyMap<string, readonly string[]>,
) {
  const { random, audit, messages, methods } = deps;
  const begin = makeBegin(deps);
  return async (
    tx: Tx,
    { id, origin, sessionCookie }: Omit<Posted, "form" | "language">,
    journey: Journey,
    outcome: Outcome & { result: "shown" },
    now: Date,
    unmet: Refused | null = null,
  ): Promise<Advance> => {
    const facts = factsOf(journey, methods, now);
    const left = outcome.endsOthers && journey.account ? await endOthers(tx, journey.account.id, sessionCookie) : null;
    // From then on the new password goes on to linking, also in another browser.
    if (journey.account && isStranded(facts))
      await setAccountState(tx, journey.account.id, { from: ["active"], to: "activating", now });
    const account = journey.account && { ...journey.account, epoch: left?.epoch ?? journey.account.epoch };
    const shown = eventOf(journey, origin, "done", outcome.event);
    const change = {
      ...(account && { account: { id: account.id, epoch: account.epoch, organisationId: account.organisationId } }),
      notice: null,
      proofs: outcome.proofs,
    };
    const purpose = purposes.get(journey.purpose);
    const step = nextStep(facts);
    if (step.do !== "finish" || !purpose || !account) {
      const why = step.do === "refuse" ? refusalOf(step) : unmet?.event;
      const refused = why ? [eventOf(journey, origin, "refused", why)] : [];
      const notice = step.do === "refuse" ? null : (unmet?.notice ?? null);
      await Promise.all([
        saveChange(tx, id, { ...change, notice, reference: why ? origin.reference : null }, now),
        messages.enqueue(tx, outcome.messages ?? []),
        audit.record(tx, [shown, ...refused]),
      ]);
      return { to: "page", ended: left?.ended };
    }

    const removed = new Set<string | null>(purpose.removes?.(journey));
    const lasting = journey.proofs.filter(
      (proof) => proof.kind !== goodForOne.kind && !removed.has(proof.authenticatorId),
    );
    const linked = facts.account?.linked ?? [];
    const way = completedWay({ ...facts, account: { state: "active", linked }, proofs: lasting });
    const claim = way && { accountId: account.id, ...assurance(way, lasting, amrOf) };
    // Where the person came by what is gone now, this browser's session ends too.
    const isOut = removed.size > 0 && !claim;
    const { epoch, ended } =
      purpose.endsOthers || removed.size > 0
        ? await endOthers(tx, account.id, isOut || !purpose.signsIn ? null : sessionCookie)
        : { epoch: account.epoch, ended: left?.ended ?? [] };
    const finished = await purpose.finish(tx, journey, now, { origin, epoch, ended });
    // Something is not shown yet (the password, when the app was linked on another device): it is all that is asked then.
    const next =
      purpose.signsIn && !claim && !isOut
        ? await begin(tx, { purpose: "sign-in", browserHash: origin.browserHash, account, proofs: lasting })
        : null;
    const session = purpose.signsIn && claim ? newSession(journey, random) : null;
    const events = [shown, ...finished];
    let starting: Promise<unknown> | null = null;
    if (session && claim && way) {
      const method = methods.find(({ name }) => name === way.name);
      const started = startSession(
        tx,
        {
          ...claim,
          id: session.id,
          uid: random.id(),
          accountEpoch: epoch,
          proofs: lasting,
          expiresAt: plus(now, session.lifetime),
          idleSeconds: session.idle / seconds(1),
          endsWithBrowser: session.maxAge === null,
          browser: origin.browser,
          network: origin.network,
        },
        sessionCookie,
        now,
      );
      // A session that goes on has a name already.
      starting = started.then((uid) => method?.onSession?.(tx, { uid, journeyId: id }));
      events.push(
        eventOf(journey, origin, "done", {
          type: "sign-in.succeeded",
          detail: { acr: claim.acr, amr: claim.amr.join(" ") },
        }),
      );
    }
    const used = journey.proofs.flatMap(({ authenticatorId }) => authenticatorId ?? []);
    await Promise.all([
      starting,
      saveChange(
        tx,
        id,
        { ...change, ...(next && { returnTo: `/journey/${next}` }), ended: "done", result: claim },
        now,
      ),
      session && way
        ? noteSignIn(
            tx,
            { accountId: account.id, authenticatorIds: used, browserHash: origin.browserHash, method: way.name },
            now,
          )
        : null,
      messages.enqueue(tx, outcome.messages ?? []),
      audit.record(tx, events),
    ]);
    return {
      to: "destination",
      url: purpose.donePage ? `/journey/${id}` : purpose.destination(journey),
      session: session && { id: session.id, maxAge: session.maxAge },
      ended,
    };
  };
}

/** Ends what was made for the account elsewhere: sessions, half-way journeys, grants. This browser's session goes on. */
async function endOthers(tx: Tx, accountId: string, sessionCookie: string | null) {
  const epoch = await raiseEpoch(tx, accountId);
  return { epoch, ended: await endAllSessions(tx, accountId, { epoch, keep: sessionCookie }) };
}

function newSession({ organisation }: Journey, random: Random) {
  const policy = organisation?.policy.session;
  const lifetime = minutes(policy?.lifetimeMinutes ?? 60);
  return {
    id: makeSessionId(random),
    lifetime,
    idle: minutes(policy?.idleMinutes ?? 60),
    maxAge: policy?.endsWithBrowser ? null : lifetime,
  };
}
