import { hours, plus } from "../../kernel/time.ts";
import type { Actor } from "../audit/index.ts";
import { loadOrganisation, lockAccount } from "../organisations/index.ts";
import type { CaseDeps } from "./case-deps.ts";
import { type Decision, type DecisionRefusal, decide } from "./domain/case.ts";
import { tellPerson } from "./letters.ts";
import { type Case, lockCase, saveCase } from "./store.ts";

/** How long its person has to go on after an approval. */
const approvalLifetime = hours(24);

export type Deciding = Readonly<{ decision: Decision; reason: string; actor: Actor }>;

const events = { approve: "case.approved", refuse: "case.refused", close: "case.closed" } as const;

/** "no-reason": HLP-5 wants one, in words of its own. */
export type DecideResult = "decided" | "no-such-case" | "no-reason" | DecisionRefusal;

/**
 * An agent's decision of a case (HLP-5), with its reason. It resets nothing by itself: an approval lets the very journey go
 * on whose document it is about, and its person has to ask for that.
 */
export const makeDecideCase =
  (deps: CaseDeps) =>
  (given: Pick<Case, "id" | "accountId">, { decision, reason, actor }: Deciding): Promise<DecideResult> =>
    deps.db.transaction().execute(async (tx) => {
      const why = reason.trim();
      if (why === "") return "no-reason";
      const account = await lockAccount(tx, given.accountId);
      const current = account && (await lockCase(tx, given.id));
      if (!current) return "no-such-case";
      const now = deps.clock.now();
      const state = decide({ ...current, account }, decision, now);
      if (typeof state !== "string") return state.refused;
      const organisation = await loadOrganisation(tx, current.organisationId);
      if (!organisation) throw new Error("a case lost its organisation");
      const { id, kind, reference } = current;
      const until = state === "approved" ? plus(now, approvalLifetime) : null;
      const sealed = deps.keyring.seal({ table: "support_case", column: "reason", row: id }, why);
      await saveCase(tx, id, { state, expiresAt: until, decided: { at: now, by: actor, reason: sealed } });
      await tellPerson(deps, tx, { account, organisation, reference, state, until }, now);
      await deps.audit.record(tx, [
        {
          type: events[decision],
          result: "done",
          actor,
          organisationId: organisation.id,
          accountId: account.id,
          detail: { kind, case: reference, reason: why },
        },
      ]);
      return "decided";
    });
