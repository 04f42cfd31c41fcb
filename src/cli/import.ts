import { columns, type ImportReport } from "../features/activation/index.ts";
import { findOrganisation } from "../features/organisations/index.ts";
import { type AddCommand, makeCommand } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import { importTokensCommand } from "./import-tokens.ts";
import { type Io, openFile } from "./io.ts";
import { tellReport } from "./output.ts";

type Flags = { organisation?: string; dryRun?: boolean; allOrNone?: boolean; json?: boolean };

async function run({ db, features }: Context, io: Io, path: string, flags: Flags): Promise<number> {
  const slug = flags.organisation;
  const organisation =
    slug === undefined ? null : found(await findOrganisation(db, slug), `There is no organisation "${slug}".`);
  const report = await features.inviting.importPeople(openFile(io, path), {
    organisation,
    dryRun: flags.dryRun ?? false,
    onError: flags.allOrNone ? "stop-all" : "skip",
    actor: "operator",
    progress: (done, total) => io.progress(`Inviting: ${done} of ${total}`),
  });
  return tellReport(io, report, summary(report, flags), { asJson: flags.json });
}

function summary({ rows, invited, rejected }: ImportReport, { dryRun, allOrNone }: Flags): string {
  const good = rows.length - rejected;
  if (dryRun) return `Rows that would be invited: ${good}. Rows rejected: ${rejected}. Nothing was written.`;
  if (allOrNone && rejected > 0) return `Rows rejected: ${rejected}. Nobody was invited.`;
  return `Rows invited: ${invited}. Rows rejected: ${rejected}.`;
}

/** `vahva import …` */
export const addImport: AddCommand = (parent, io, outcome) => {
  parent.addCommand(
    makeCommand(
      "import",
      "Invite the people of a CSV file. Each row that can't be invited is shown with its line and reason.",
      [
        "vahva import people.csv --organisation koivula --dry-run",
        "vahva import people.csv --organisation koivula --all-or-none",
      ],
    )
      .addHelpText(
        "after",
        `\nThe file is in UTF-8, divided by ; or , and its first line names the columns:\n  ${columns.join(", ")}.\nThe first four are needed.`,
      )
      .argument("<file>", "the CSV file (- for stdin)")
      .addCommand(importTokensCommand(io, outcome))
      .enablePositionalOptions()
      .option("--organisation <slug>", "who invites; else the column organisation says")
      .option("--dry-run", "only say what would happen")
      .option("--all-or-none", "invite nobody unless every row is good; else the good rows are invited")
      .option("--json", "print every row's verdict as JSON")
      .action(async (path: string, flags: Flags) => {
        outcome.code = await withContext(io, (context) => run(context, io, path, flags));
      }),
  );
};
