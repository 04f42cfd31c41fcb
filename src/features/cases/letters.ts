import { days, type Instant, plus } from "../../kernel/time.ts";
import type { Tx } from "../../platform/database/index.ts";
import type { TroubleKind } from "../organisations/index.ts";
import { type Account, letterhead, type Organisation } from "../organisations/index.ts";
import type { CaseDeps } from "./case-deps.ts";
import type { CaseKind, CaseState } from "./domain/case.ts";

/** Who looks after people that can't sign in, the most fitting first. */
const fitting: readonly TroubleKind[] = ["password", "technical", "general", "rights"];

type Waiting = Readonly<{ organisation: Organisation; kind: CaseKind; caseId: string; reference: string }>;

/** Tells the organisation's support that a case waits: its reference and kind, and nothing of whose it is. */
export async function tellSupport(
  { messages }: Pick<CaseDeps, "messages">,
  tx: Tx,
  { organisation, kind, caseId, reference }: Waiting,
  now: Instant,
): Promise<void> {
  const to = fitting.flatMap((trouble) => {
    const contact = organisation.support.find((each) => each.kind === trouble && each.email !== undefined);
    return contact?.email ?? [];
  })[0];
  if (to === undefined) return;
  await messages.enqueue(tx, [
    {
      template: "case-opened",
      channel: "email",
      to,
      parameters: { reference, kind },
      language: organisation.languages[0] ?? "en",
      letterhead: letterhead(organisation),
      subjectId: caseId,
      expiresAt: plus(now, days(2)),
    },
  ]);
}

type Decided = Readonly<{
  account: Account;
  organisation: Organisation;
  reference: string;
  state: CaseState;
  /** Until when an approval can be used. */
  until: Instant | null;
}>;

/** HLP-5: tells the person, at the address on record, what an agent has decided. */
export async function tellPerson(
  { messages }: Pick<CaseDeps, "messages">,
  tx: Tx,
  { account, organisation, reference, state, until }: Decided,
  now: Instant,
): Promise<void> {
  if (state !== "approved" && state !== "refused") return;
  await messages.enqueue(tx, [
    {
      template: "case-decided",
      channel: "email",
      to: account.email,
      parameters: { reference, until: state === "approved" ? until : null },
      language: account.language,
      letterhead: letterhead(organisation),
      accountId: account.id,
      expiresAt: plus(now, days(2)),
    },
  ]);
}
