import { type Command, Option } from "commander";
import { type TokenFormat, type TokenReport, tokenFormats } from "../features/authenticators/totp/index.ts";
import { findOrganisation } from "../features/organisations/index.ts";
import { PlainError } from "../kernel/plain-error.ts";
import { makeCommand, type Outcome } from "./command.ts";
import { type Context, found, withContext } from "./context.ts";
import { type Io, openFile, readBytes } from "./io.ts";
import { tellReport } from "./output.ts";

type Flags = {
  organisation: string;
  format: TokenFormat;
  encoding?: "hex" | "base32";
  keyFile?: string;
  passwordFile?: string;
  dryRun?: boolean;
  allOrNone?: boolean;
  replace?: boolean;
  json?: boolean;
};

async function run({ db, features }: Context, io: Io, path: string, flags: Flags): Promise<number> {
  const slug = flags.organisation;
  const organisation = found(await findOrganisation(db, slug), `There is no organisation "${slug}".`);
  const report = await features.tokens.importTokens(openFile(io, path), {
    organisation,
    format: flags.format,
    encoding: flags.encoding ?? null,
    key: await readKey(flags),
    password: await readPassword(flags),
    dryRun: flags.dryRun ?? false,
    onError: flags.allOrNone ? "stop-all" : "skip",
    replace: flags.replace ?? false,
    actor: "operator",
  });
  return tellReport(io, report, summary(report, flags), { asJson: flags.json });
}

async function readKey({ keyFile }: Flags): Promise<Buffer | undefined> {
  if (keyFile === undefined) return undefined;
  const text = (await readBytes(keyFile)).toString().replace(/\s/g, "");
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text);
  const key = Buffer.from(text, isHex ? "hex" : "base64");
  if (![16, 24, 32].includes(key.length))
    throw new PlainError(`The file ${keyFile} holds no AES key: 16, 24 or 32 bytes, hexadecimal or in Base64.`);
  return key;
}

async function readPassword({ passwordFile }: Flags): Promise<string | undefined> {
  if (passwordFile === undefined) return undefined;
  return (await readBytes(passwordFile)).toString().replace(/\r?\n$/, "");
}

function summary({ rows, imported, rejected }: TokenReport, { dryRun, allOrNone }: Flags): string {
  const good = rows.length - rejected;
  if (dryRun) return `Tokens that would be imported: ${good}. Rejected: ${rejected}. Nothing was written.`;
  if (allOrNone && rejected > 0) return `Tokens rejected: ${rejected}. None was imported.`;
  return `Tokens imported: ${imported}. Rejected: ${rejected}.`;
}

/** `vahva import tokens …` */
export const importTokensCommand = (io: Io, outcome: Outcome): Command =>
  makeCommand(
    "tokens",
    "Import pre-programmed hardware tokens, which people then link by their serial numbers. Each token that can't be imported is shown with its line and reason, never with its secret.",
    [
      "vahva import tokens seeds.csv --organisation koivula --dry-run",
      "vahva import tokens seeds.csv --organisation koivula --encoding hex",
      "vahva import tokens seeds.pskcxml --organisation koivula --key-file transport-key",
    ],
  )
    .argument("<file>", "PSKC (RFC 6030), or CSV with serial numbers and secrets (- for stdin)")
    .requiredOption("--organisation <slug>", "whose people may link them")
    .addOption(
      new Option("--format <name>", "what kind of file it is; auto: as it looks").choices(tokenFormats).default("auto"),
    )
    .addOption(
      new Option("--encoding <name>", "how a CSV file writes secrets; needed where it could be both").choices([
        "hex",
        "base32",
      ]),
    )
    .option("--key-file <path>", "the key that a PSKC file is encrypted by, hexadecimal or in Base64")
    .option("--password-file <path>", "the password that a PSKC file is encrypted by")
    .option("--dry-run", "only say what would happen")
    .option("--all-or-none", "import none unless every one is good; else the good ones are imported")
    .option("--replace", "take tokens anew that were imported before and that nobody has linked now")
    .option("--json", "print every token's verdict as JSON")
    .action(async (path: string, flags: Flags) => {
      outcome.code = await withContext(io, (context) => run(context, io, path, flags));
    });
