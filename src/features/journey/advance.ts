import type { Tx } from "../../platform/database/index.ts";
import { isWithdrawn } from "./domain/is-withdrawn.ts";
import { nextStep } from "./domain/next-step.ts";
import { factsOf } from "./facts.ts";
import { eventOf, type Finish, makeFinish, type Refused } from "./finish.ts";
import type { Attempt, Journey, Method, Outcome, StepHandler } from "./method.ts";
import { type Advance, type Arrival, type JourneyDeps, type Posted, stepsOf } from "./posted.ts";
import { loadJourney, lockJourney, saveChange } from "./store.ts";

/**
 * The one dispatcher. A posted step is judged under the journey's lock and saved with its audit rows and messages in one
 * transaction; whatever it was, the answer leads back to the journey's page, or on when the journey has finished.
 */
export function makeAdvance(deps: JourneyDeps) {
  const steps = new Map(stepsOf(deps).map((step) => [step.kind, step]));
  const purposes = new Map(deps.purposes.map((purpose) => [purpose.name, purpose]));
  const amrOf = new Map([...steps.values()].map(({ kind, amr }) => [kind, amr]));
  const finish = makeFinish(deps, purposes, amrOf);

  const advance = async (request: Posted): Promise<Advance> => {
    if (request.form.step === "choose") return choose(deps, request);
    if (request.form.step === "continue") return goOn(deps, request, finish);
    if (request.form.step === "give-up") return giveUp(deps, request);
    const handler = steps.get(request.form.step ?? "");
    if (!handler) return { to: "page" };
    const prepared = handler.quick ? null : await prepare(deps, handler, request);
    if (prepared && "to" in prepared) return prepared;
    const { form, origin, language } = request;
    const prepareLate = (journey: Journey) =>
      handler.attempt(journey, form, { ...origin, language: language(journey) });
    return judge(handler, request, prepared, prepareLate);
  };

  /**
   * `prepareLate` is for steps that were not prepared: they need nothing before the lock. `against` says what the person
   * hears where the step can't count for the journey.
   */
  const judge = (
    handler: StepHandler,
    request: Omit<Posted, "form" | "language">,
    prepared: Attempt | null,
    prepareLate: (journey: Journey) => Promise<Attempt | "busy">,
    against: (journey: Journey) => Refused | null = () => null,
  ): Promise<Advance> =>
    deps.db.transaction().execute(async (tx): Promise<Advance> => {
      const now = deps.clock.now();
      const claimedBy = prepared?.accountId ?? null;
      const { id, origin } = request;
      const locking = lockJourney(tx, { id, browserHash: origin.browserHash, claimedBy });
      const decide = prepared?.decide(tx, now);
      const journey = await locking;
      if (!journey) return { to: "nowhere" };
      if (journey.endedAt) return { to: "page" };
      if (!isAsked(journey, handler, deps)) {
        const unmet = against(journey);
        return unmet ? refuse(tx, request, journey, unmet, now) : { to: "page" };
      }
      // What was shown for one account never counts for another, whoever was faster.
      if (claimedBy !== null && journey.account?.id !== claimedBy) return { to: "page" };
      const attempt = prepared ?? (await prepareLate(journey));
      if (attempt === "busy") return { to: "busy" };
      const outcome = await (decide ?? attempt.decide(tx, now))(journey);
      if (outcome.result === "shown") {
        // Whose account it is has come with the proof, and with it which rules hold.
        const unmet = against({ ...journey, accountId: journey.account?.id ?? null });
        return finish(tx, request, withOutcome(journey, outcome, now), outcome, now, unmet);
      }
      if (outcome.result === "left") {
        await saveChange(tx, id, { notice: null, lapsed: outcome.lapsed ?? [] }, now);
        await outcome.besides?.(tx, request.origin);
        return { to: "elsewhere", url: outcome.url };
      }
      return refuse(tx, request, journey, outcome, now);
    });

  const refuse = async (
    tx: Tx,
    { id, origin }: Pick<Posted, "id" | "origin">,
    journey: Journey,
    outcome: Refused,
    now: Date,
  ): Promise<Advance> => {
    const refused = { ...eventOf(journey, origin, "refused", outcome.event), ...outcome.about };
    const reference = outcome.forSupport ? origin.reference : null;
    await outcome.besides?.(tx, origin);
    await Promise.all([
      saveChange(tx, id, { notice: outcome.notice, lapsed: outcome.lapsed ?? [], reference }, now),
      deps.messages.enqueue(tx, outcome.messages ?? []),
      deps.audit.record(tx, [refused]),
    ]);
    return { to: "page" };
  };

  const tellEnded = (result: Advance): Advance => {
    if ("ended" in result && result.ended?.length) deps.onSessionsEnded?.(result.ended);
    return result;
  };
  return {
    advance: async (request: Posted): Promise<Advance> => tellEnded(await advance(request)),
    /** Judges what was shown elsewhere as if it had been posted here. */
    arrive: async ({ kind, attempt, ...request }: Arrival): Promise<Advance> => {
      const handler = steps.get(kind);
      if (!handler) return { to: "page" };
      const { methods, clock } = deps;
      const method = methods.find((each) => each.steps.includes(handler));
      // Forbidden or switched off while the person was away: they would see a page without a reason (SIN-12).
      const against = (journey: Journey) =>
        method && isWithdrawn(factsOf(journey, methods, clock.now()), method, kind) ? notOffered(method) : null;
      return tellEnded(await judge(handler, request, attempt, async () => attempt, against));
    },
  };
}

const notOffered = ({ name }: Method): Refused => ({
  result: "refused",
  notice: { key: "journey:not-offered", tone: "warn" },
  forSupport: true,
  event: { type: "method.refused", detail: { method: name, reason: "not-offered" } },
});

/** The slow work of a step, before any lock: only for a step that this journey asks just now. */
async function prepare(deps: JourneyDeps, handler: StepHandler, { id, form, origin, language }: Posted) {
  const journey = await loadJourney(deps.db, { id, browserHash: origin.browserHash });
  if (!journey) return { to: "nowhere" } as const;
  if (journey.endedAt || !isAsked(journey, handler, deps)) return { to: "page" } as const;
  const attempt = await handler.attempt(journey, form, { ...origin, language: language(journey) });
  return attempt === "busy" ? ({ to: "busy" } as const) : attempt;
}

function isAsked(journey: Journey, handler: StepHandler, { methods, clock }: JourneyDeps): boolean {
  const facts = factsOf(journey, methods, clock.now());
  const asks = (chosen: string | null): boolean => {
    const step = nextStep({ ...facts, chosen });
    return step.do === "ask" && step.kind === handler.kind;
  };
  const alongside = methods.find((method) => method.alongside && method.signIn[0] === handler.kind);
  return asks(facts.chosen) || (alongside !== undefined && asks(alongside.name));
}

/** Saves the chosen method, if it is one of those offered; an empty choice opens the choice again. */
async function choose({ db, clock, methods }: JourneyDeps, { id, form, origin }: Posted): Promise<Advance> {
  return db.transaction().execute(async (tx): Promise<Advance> => {
    const now = clock.now();
    const journey = await lockJourney(tx, { id, browserHash: origin.browserHash });
    if (!journey) return { to: "nowhere" };
    const step = nextStep(factsOf({ ...journey, method: null }, methods, now));
    const offered = step.do === "choose" && step.offers.includes(form.method ?? "");
    if (!journey.endedAt)
      await saveChange(tx, id, { notice: null, method: offered ? (form.method ?? null) : null }, now);
    return { to: "page" };
  });
}

/** Finishes a journey whose proofs were all there when it began: a GET changes nothing, so the person says go on. */
async function goOn({ db, clock, methods }: JourneyDeps, request: Posted, finish: Finish): Promise<Advance> {
  return db.transaction().execute(async (tx): Promise<Advance> => {
    const now = clock.now();
    const { id, origin } = request;
    const journey = await lockJourney(tx, { id, browserHash: origin.browserHash });
    if (!journey) return { to: "nowhere" };
    if (journey.endedAt || nextStep(factsOf(journey, methods, now)).do !== "finish") return { to: "page" };
    return finish(tx, request, journey, { result: "shown", proofs: [], event: { type: "journey.continued" } }, now);
  });
}

/** Ends a journey that can't be finished, so that the application hears of it. */
async function giveUp({ db, clock, methods, purposes }: JourneyDeps, { id, origin }: Posted): Promise<Advance> {
  return db.transaction().execute(async (tx): Promise<Advance> => {
    const now = clock.now();
    const journey = await lockJourney(tx, { id, browserHash: origin.browserHash });
    if (!journey) return { to: "nowhere" };
    const purpose = purposes.find(({ name }) => name === journey.purpose);
    if (!purpose || journey.endedAt || nextStep(factsOf(journey, methods, now)).do !== "refuse") return { to: "page" };
    await saveChange(tx, id, { notice: null, ended: "unmet" }, now);
    return { to: "destination", url: purpose.destination(journey), session: null };
  });
}

function withOutcome(journey: Journey, outcome: Outcome & { result: "shown" }, now: Date): Journey {
  const kinds = new Set(outcome.proofs.map(({ kind }) => kind));
  return {
    ...journey,
    accountId: journey.account?.id ?? null,
    proofs: [
      ...journey.proofs.filter(({ kind }) => !kinds.has(kind)),
      ...outcome.proofs.map((proof) => ({ ...proof, shownAt: now })),
    ],
    authenticators: [
      ...journey.authenticators.filter(({ id }) => !outcome.removed?.includes(id)),
      ...(outcome.linked ?? []),
    ],
  };
}
