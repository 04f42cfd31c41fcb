import type { Origin } from "../../kernel/origin.ts";
import { minutes, plus, seconds } from "../../kernel/time.ts";
import type { Db, Tx } from "../../platform/database/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Audit, AuditEvent } from "../audit/index.ts";
import type { Messages } from "../messages/index.ts";
import { raiseEpoch } from "../organisations/index.ts";
import { type EndedSession, endAllSessions, makeSessionId, startSession } from "../sessions/index.ts";
import { noteSignIn } from "./authenticator/store.ts";
import { assurance } from "./domain/assurance.ts";
import { completedWay, nextStep } from "./domain/next-step.ts";
import { factsOf } from "./facts.ts";
import type { Form, Journey, Method, Outcome, Purpose, StepHandler } from "./method.ts";
import { loadJourney, lockJourney, saveChange } from "./store.ts";

export type JourneyDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  audit: Audit;
  messages: Messages;
  methods: readonly Method[];
  purposes: readonly Purpose[];
  /** Hears of sessions that a finished journey has ended, once that is saved: applications are told (SIN-11). */
  onSessionsEnded?: (ended: readonly EndedSession[]) => void;
};

/** The session that a finished journey leaves in the browser; `maxAge` is null when it ends with the browser. */
export type NewSession = { id: string; maxAge: number | null };

export type Advance =
  | { to: "page" }
  | { to: "destination"; url: string; session: NewSession | null; ended?: readonly EndedSession[] }
  | { to: "busy" }
  /** There is no such journey in this browser. */
  | { to: "nowhere" };

type Request = { id: string; form: Form; origin: Origin; sessionCookie: string | null };

/**
 * The one dispatcher. A posted step is judged under the journey's lock and saved with its audit rows and messages in one
 * transaction; whatever it was, the answer leads back to the journey's page, or on when the journey has finished.
 */
export function makeAdvance(deps: JourneyDeps) {
  const steps = new Map(deps.methods.flatMap((method) => method.steps).map((step) => [step.kind, step]));
  const purposes = new Map(deps.purposes.map((purpose) => [purpose.name, purpose]));
  const amrOf = new Map([...steps.values()].map(({ kind, amr }) => [kind, amr]));
  const finish = makeFinish(deps, purposes, amrOf);

  const advance = async (request: Request): Promise<Advance> => {
    if (request.form.step === "choose") return choose(deps, request);
    if (request.form.step === "continue") return goOn(deps, request, finish);
    if (request.form.step === "give-up") return giveUp(deps, request);
    const handler = steps.get(request.form.step ?? "");
    if (!handler) return { to: "page" };
    const prepared = handler.quick ? null : await prepare(deps, handler, request);
    if (prepared && "to" in prepared) return prepared;

    return deps.db.transaction().execute(async (tx): Promise<Advance> => {
      const now = deps.clock.now();
      const claimedBy = prepared?.accountId ?? null;
      const { id, form, origin } = request;
      const locking = lockJourney(tx, { id, browserHash: origin.browserHash, claimedBy });
      const decide = prepared?.decide(tx, now);
      const journey = await locking;
      if (!journey) return { to: "nowhere" };
      if (journey.endedAt || !isAsked(journey, handler, deps)) return { to: "page" };
      const attempt = prepared ?? (await handler.attempt(journey, form, origin));
      if (attempt === "busy") return { to: "busy" };
      const outcome = await (decide ?? attempt.decide(tx, now))(journey);
      if (outcome.result === "refused") {
        const refused = { ...event(journey, origin, "refused", outcome.event), ...outcome.about };
        await Promise.all([saveChange(tx, id, { notice: outcome.notice }, now), deps.audit.record(tx, [refused])]);
        return { to: "page" };
      }
      return finish(tx, request, withOutcome(journey, outcome, now), outcome, now);
    });
  };
  return async (request: Request): Promise<Advance> => {
    const result = await advance(request);
    if (result.to === "destination" && result.ended?.length) deps.onSessionsEnded?.(result.ended);
    return result;
  };
}

/** The slow work of a step, before any lock: only for a step that this journey asks just now. */
async function prepare(deps: JourneyDeps, handler: StepHandler, { id, form, origin }: Request) {
  const journey = await loadJourney(deps.db, { id, browserHash: origin.browserHash });
  if (!journey) return { to: "nowhere" } as const;
  if (journey.endedAt || !isAsked(journey, handler, deps)) return { to: "page" } as const;
  const attempt = await handler.attempt(journey, form, origin);
  return attempt === "busy" ? ({ to: "busy" } as const) : attempt;
}

function isAsked(journey: Journey, handler: StepHandler, { methods, clock }: JourneyDeps): boolean {
  const step = nextStep(factsOf(journey, methods, clock.now()));
  return step.do === "ask" && step.kind === handler.kind;
}

/** Saves the chosen method, if it is one of those offered; an empty choice opens the choice again. */
async function choose({ db, clock, methods }: JourneyDeps, { id, form, origin }: Request): Promise<Advance> {
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
async function goOn({ db, clock, methods }: JourneyDeps, request: Request, finish: Finish): Promise<Advance> {
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
async function giveUp({ db, clock, methods, purposes }: JourneyDeps, { id, origin }: Request): Promise<Advance> {
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
    authenticators: [...journey.authenticators, ...(outcome.linked ?? [])],
  };
}

const event = (
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

type Finish = ReturnType<typeof makeFinish>;

/** Saves a proof, and ends the journey when it was the last one: purpose, session and audit in the same transaction. */
function makeFinish(
  { random, audit, messages, methods }: JourneyDeps,
  purposes: ReadonlyMap<string, Purpose>,
  amrOf: ReadonlyMap<string, readonly string[]>,
) {
  return async (
    tx: Tx,
    { id, origin, sessionCookie }: Request,
    journey: Journey,
    outcome: Outcome & { result: "shown" },
    now: Date,
  ): Promise<Advance> => {
    const facts = factsOf(journey, methods, now);
    const { account } = journey;
    const shown = event(journey, origin, "done", outcome.event);
    const change = {
      ...(account && { account: { id: account.id, epoch: account.epoch, organisationId: account.organisationId } }),
      notice: null,
      proofs: outcome.proofs,
    };
    const purpose = purposes.get(journey.purpose);
    if (nextStep(facts).do !== "finish" || !purpose || !account) {
      await Promise.all([
        saveChange(tx, id, change, now),
        messages.enqueue(tx, outcome.messages ?? []),
        audit.record(tx, [shown]),
      ]);
      return { to: "page" };
    }

    const way = completedWay({ ...facts, account: { state: "active", linked: facts.account?.linked ?? [] } });
    const claim = way && { accountId: account.id, ...assurance(way, journey.proofs, amrOf) };
    const finished = await purpose.finish(tx, journey, now);
    const { epoch, ended } = purpose.endsOthers
      ? await endOthers(tx, account.id, sessionCookie)
      : { epoch: account.epoch, ended: [] };
    const session = purpose.signsIn && claim ? newSession(journey, random) : null;
    const events = [shown, ...finished];
    let starting: Promise<unknown> | null = null;
    if (session && claim && way) {
      starting = startSession(
        tx,
        {
          ...claim,
          id: session.id,
          uid: random.id(),
          accountEpoch: epoch,
          proofs: journey.proofs,
          expiresAt: plus(now, session.lifetime),
          idleSeconds: session.idle / seconds(1),
          endsWithBrowser: session.maxAge === null,
          browser: origin.browser,
          network: origin.network,
        },
        sessionCookie,
        now,
      );
      events.push(
        event(journey, origin, "done", {
          type: "sign-in.succeeded",
          detail: { acr: claim.acr, amr: claim.amr.join(" ") },
        }),
      );
    }
    const used = journey.proofs.flatMap(({ authenticatorId }) => authenticatorId ?? []);
    await Promise.all([
      starting,
      saveChange(tx, id, { ...change, ended: "done", result: claim }, now),
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
