import type { FaultKind } from "../features/audit/index.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, withContext } from "./context.ts";
import type { Io } from "./io.ts";
import { json } from "./output.ts";

const faultWords = {
  changed: "was changed",
  inserted: "was inserted",
  removed: "is missing",
  reordered: "is out of order",
  "tail-cut": "and what followed it is missing",
  head: "does not fit the head of its chain",
  checkpoint: "does not fit its checkpoint",
} as const satisfies Record<FaultKind, string>;

async function verify({ db, features }: Context, io: Io, asJson: boolean | undefined): Promise<number> {
  const verdict = await features.audit.verify(db, { onProgress: (events) => io.progress(`Events read: ${events}`) });
  if (asJson) io.print(json(verdict));
  else
    for (const { stream, number, fault } of verdict.faults) io.print(`${stream}  event ${number} ${faultWords[fault]}`);
  const read = `Events read: ${verdict.events}, in ${verdict.streams} chain(s).`;
  io.say(
    verdict.faultCount === 0
      ? `${read} Nothing was changed, removed or inserted.`
      : `${read} Faults: ${verdict.faultCount}.`,
  );
  return verdict.faultCount === 0 ? 0 : 1;
}

/** `vahva audit …` */
export const addAudit: AddCommand = (parent, io, outcome) => {
  const audit = makeCommand("audit", "The record of what happened.", ["vahva audit verify"]);
  parent.addCommand(audit);
  audit.addCommand(
    makeCommand(
      "verify",
      "Read the whole record and find what was changed, removed or inserted since it was written.",
      ["vahva audit verify --json"],
    )
      .option("--json", "print the verdict as JSON")
      .action(async (flags: { json?: boolean }) => {
        outcome.code = await withContext(io, (context) => verify(context, io, flags.json));
      }),
  );
};
