import { nextStep } from "./domain/next-step.ts";
import { factsOf } from "./facts.ts";
import { eventOf, type Finish, makeFinish } from "./finish.ts";
import type { Attempt, Journey, Outcome, StepHandler } from "./method.ts";
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

  /** `prepareLate` is for steps that were not prepared: they need nothing before the lock. */
  const judge = (
    handler: StepHandler,
    request: Omit<Posted, "form" | "language">,
    prepared: Attempt | null,
    prepareLate: (journey: Journey) => Promise<Attempt | "busy">,
  ): Promise<Advance> =>
    deps.db.transaction().execute(async (tx): Promise<Advance> => {
      const now = deps.clock.now();
      const claimedBy = prepared?.accountId ?? null;
      const { id, origin } = request;
      const locking = lockJourney(tx, { id, browserHash: origin.browserHash, claimedBy });
      const decide = prepared?.decide(tx, now);
      const journey = await locking;
      if (!journey) return { to: "nowhere" };
      if (journey.endedAt || !isAsked(journey, handler, deps)) return { to: "page" };
      // What was shown for one account never counts for another, whoever was faster.
      if (claimedBy !== null && journey.account?.id !== claimedBy) return { to: "page" };
      const attempt = prepared ?? (await prepareLate(journey));
      if (attempt === "busy") return { to: "busy" };
      const outcome = await (decide ?? attempt.decide(tx, now))(journey);
      if (outcome.result === "shown") return finish(tx, request, withOutcome(journey, outcome, now), outcome, now);
      if (outcome.result === "left") {
        await saveChange(tx, id, { notice: null, lapsed: outcome.lapsed ?? [] }, now);
        await outcome.besides?.(tx, request.origin);
        return { to: "elsewhere", url: outcome.url };
      }
      const refused = { ...eventOf(journey, origin, "refused", outcome.event), ...outcome.about };
      const reference = outcome.forSupport ? origin.reference : null;
      await outcome.besides?.(tx, origin);
      await Promise.all([
        saveChange(tx, id, { notice: outcome.notice, lapsed: outcome.lapsed ?? [], reference }, now),
        deps.messages.enqueue(tx, outcome.messages ?? []),
        deps.audit.record(tx, [refused]),
      ]);
      return { to: "page" };
    });

  const tellEnded = (result: Advance): Advance => {
    if ("ended" in result && result.ended?.length) deps.onSessionsEnded?.(result.ended);
    return result;
  };
  return {
    advance: async (request: Posted): Promise<Advance> => tellEnded(await advance(request)),
    /** Judges what was shown elsewhere as if it had been posted here. */
    arrive: async ({ kind, attempt, ...request }: Arrival): Promise<Advance> => {
      const handler = steps.get(kind);
      return handler ? tellEnded(await judge(handler, request, attempt, async () => attempt)) : { to: "page" };
    },
  };
}

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
