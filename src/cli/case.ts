import {
  type Case,
  type CaseState,
  caseStates,
  type DecideResult,
  type Decision,
  decisions,
} from "../features/cases/index.ts";
import { findOrganisation, loadAccount, loadOrganisation } from "../features/organisations/index.ts";
import { PlainError } from "../kernel/plain-error.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import type { Io } from "./io.ts";
import { json, refuse, table } from "./output.ts";

type Flags = { json?: boolean };

const does = {
  approve:
    "Approve a document without an identity code: its person may go on where they are, and is told by e-mail. Nothing changes by the approval alone.",
  refuse: "Refuse what a case asks for. Its person is told by e-mail.",
  close: "Close a case that is dealt with, or take an approval back that was not used yet.",
} as const satisfies Record<Decision, string>;

const refusals = {
  "no-such-case": "There is no such case.",
  "no-reason": "Say why with --reason: it is kept with the case and in the audit.",
  "already-decided": "The case is decided already.",
  "not-confirmed": "Its person has not confirmed the address yet.",
  "nothing-to-approve": "Only a document is approved. Help in another way, then close the case.",
  "too-late": "It is too late: the person's page has expired, and they have to begin again.",
  "account-changed":
    "The account has changed since, or is shut. If its person still needs help, they have to begin again.",
} as const satisfies Record<Exclude<DecideResult, "decided">, string>;

const find = async ({ db, features }: Context, reference: string): Promise<Case> =>
  found(await features.cases.find(db, reference), `There is no case "${reference}".`);

const moment = (at: Date | null): string => at?.toISOString() ?? "";

async function show(context: Context, io: Io, one: Case, flags: Flags): Promise<number> {
  const { db, features } = context;
  const [read, account, organisation, all] = await Promise.all([
    features.cases.read(db, one),
    loadAccount(db, one.accountId),
    loadOrganisation(db, one.organisationId),
    features.cases.list(db, { accountId: one.accountId, state: "undecided" }),
  ]);
  const others = all.filter(({ id }) => id !== one.id).map(({ reference }) => reference);
  const { id: _id, journeyId: _journey, epoch: _epoch, organisationId: _organisation, ...rest } = read;
  const whole = { ...rest, organisation: organisation?.slug, userName: account?.userName, otherOpenCases: others };
  if (flags.json) {
    io.print(json(whole));
    return 0;
  }
  const facts = Object.entries(read.facts).map(([name, value]) => [name, String(value)] as const);
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ["reference", read.reference],
    ["kind", read.kind],
    ["state", read.state],
    ["organisation", organisation?.slug],
    ["name", account && `${account.givenName} ${account.familyName}`],
    ["user name", account?.userName],
    ["e-mail", read.email],
    ["opened", moment(read.openedAt)],
    ["address confirmed", moment(read.confirmedAt)],
    ["until", moment(read.expiresAt)],
    ...facts,
    ["decided", read.decidedAt && `${moment(read.decidedAt)} by ${read.decidedBy}: ${read.reason}`],
    ["other open cases", others.join(", ")],
    ["message", read.message],
  ];
  io.print(table(rows.flatMap(([name, value]) => (value ? [[name, value]] : []))));
  return 0;
}

async function list(context: Context, io: Io, flags: Flags & { organisation?: string; state?: string }) {
  const { db, features } = context;
  const slug = flags.organisation;
  const organisation =
    slug === undefined ? null : found(await findOrganisation(db, slug), `There is no organisation "${slug}".`);
  const cases = await features.cases.list(db, { organisationId: organisation?.id, state: stateOf(flags.state) });
  if (flags.json)
    io.print(
      json(
        cases.map(({ reference, kind, state, openedAt, expiresAt }) => ({
          reference,
          kind,
          state,
          openedAt,
          expiresAt,
        })),
      ),
    );
  else if (cases.length > 0)
    io.print(table(cases.map((one) => [one.reference, one.kind, one.state, moment(one.openedAt)])));
  else io.say("There is none.");
  return 0;
}

function stateOf(given: string | undefined): CaseState | "undecided" {
  if (given === undefined) return "undecided";
  const state = caseStates.find((each) => each === given);
  if (!state) throw new PlainError(`There is no state "${given}". There are ${caseStates.join(", ")}.`);
  return state;
}

/** `vahva case …` */
export const addCase: AddCommand = (parent, io, outcome) => {
  const one = "vahva case show K7M-2PX-94";
  const group = makeCommand("case", "Support cases: who waits for help, and what was decided.", [
    "vahva case list",
    one,
  ]);
  parent.addCommand(group);
  group.addCommand(
    makeCommand("list", "List the cases that wait for an agent, and approvals that were not used yet.", [
      "vahva case list --organisation koivula",
    ])
      .option("--organisation <organisation>", "only those of the organisation with this slug or id")
      .option("--state <state>", `only those in this state: ${caseStates.join(", ")}`)
      .option("--json", "print them as JSON")
      .action(async (flags: Flags) => {
        outcome.code = await withContext(io, (context) => list(context, io, flags));
      }),
  );
  group.addCommand(
    makeCommand("show", "Show a case, with what its person wrote.", [one])
      .argument("<reference>", "what the person's page showed")
      .option("--json", "print it as JSON")
      .action(async (reference: string, flags: Flags) => {
        outcome.code = await withContext(io, async (context) =>
          show(context, io, await find(context, reference), flags),
        );
      }),
  );
  for (const decision of decisions)
    group.addCommand(
      makeCommand(decision, does[decision], [`vahva case ${decision} K7M-2PX-94 --reason "Called back: it is she"`])
        .argument("<reference>", "what the person's page showed")
        .requiredOption("--reason <reason>", "why, for the case and the audit")
        .option("--json", "print the case as JSON")
        .action(async (reference: string, flags: Flags & { reason: string }) => {
          outcome.code = await withContext(io, async (context) => {
            const current = await find(context, reference);
            const { reason } = flags;
            const result = await context.features.cases.decide(current, { decision, reason, actor: "operator" });
            if (result !== "decided")
              return refuse(io, [{ field: "", says: refusals[result] }], { asJson: flags.json });
            const now = await find(context, current.reference);
            io.say(`The case ${now.reference} is ${now.state}.`);
            return flags.json ? show(context, io, now, flags) : 0;
          });
        }),
    );
};
