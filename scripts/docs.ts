// Writes the reference pages that are made from the code. With --check it only says whether they are as they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import * as z from "zod";
import { examplesOf } from "../src/cli/command.ts";
import { makeProgram, pathOf } from "../src/cli/main.ts";
import { settingList } from "../src/config.ts";
import { columns } from "../src/features/activation/index.ts";
import { categories, policySchema } from "../src/features/organisations/domain/policy.ts";
import { methodNames } from "../src/methods.ts";

const root = join(import.meta.dirname, "..");
const made = "<!-- Written by `npm run docs` from the code. Do not edit. -->";

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

function commandLine(): string {
  const silent = { env: {}, print() {}, say() {}, progress() {}, stdin: (async function* () {})() };
  const composition = () => Promise.reject(new Error("the reference runs no command"));
  const program = makeProgram({ ...silent, composition }, { code: 0 });
  const intro = [
    "# Command line",
    made,
    `${program.description()} Data goes to stdout, everything else to stderr; progress is shown on a terminal only.`,
    "Exit codes: 0 done, 1 failed, 2 wrong use. Every command has `--help`; configuration: [configuration.md](configuration.md).",
  ];
  return `${[...intro, ...program.commands.flatMap((command) => section(command, 2))].join("\n\n")}\n`;
}

function section(command: Command, level: number): string[] {
  const args = command.registeredArguments.map((argument) => [`\`<${argument.name()}>\``, argument.description]);
  const options = command.options.map(({ flags, description }) => [`\`${flags}\``, description]);
  const examples = examplesOf.get(command) ?? [];
  // "import" does something itself, and has a command below it.
  const runs = command.commands.length === 0 || args.length > 0;
  return [
    `${"#".repeat(level)} ${pathOf(command)}`,
    command.description(),
    ...(runs && args.length + options.length > 0 ? [table(["", ""], [...args, ...options])] : []),
    ...(runs && command.name() === "import"
      ? [
          `Columns, named by the file's first line: ${columns.map((name) => `\`${name}\``).join(", ")}. The first four are needed.`,
        ]
      : []),
    ...(examples.length > 0 ? [`\`\`\`sh\n${examples.join("\n")}\n\`\`\``] : []),
    ...command.commands.flatMap((child) => section(child, level + 1)),
  ];
}

function configuration(): string {
  const rows = settingList.map(({ name, about, fallback, secret }) => [
    `\`${name}\`${secret ? " (secret)" : ""}`,
    about,
    fallback,
  ]);
  return `${[
    "# Configuration",
    made,
    "Settings come from the environment and from the file that `VAHVA_CONFIG` names (`NAME=value` lines; the environment wins). They are checked at start: every wrong, missing or unknown one is named, and nothing starts half-way. A secret may also be given as the path of a file, in `<name>_FILE`.",
    table(["setting", "what it is", "without it"], rows),
  ].join("\n\n")}\n`;
}

/** What a JSON schema says of a part of the policy. */
type Part = Readonly<{
  type?: string;
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, Part>>;
  additionalProperties?: Part | boolean;
}>;

const values = ({ type, enum: choice, minimum, maximum }: Part): string => {
  if (choice) return choice.map((value) => `\`${value}\``).join(", ");
  if (type === "boolean") return "`true`, `false`";
  if (type === "integer") return `${minimum} to ${maximum}`;
  return type === "string" ? "text" : "list";
};

/** A row for each setting of the policy; `before` is what holds where the part around it is left out. */
function rowsOf(part: Part, path: readonly string[], before?: unknown): string[][] {
  const inner = typeof part.additionalProperties === "object" ? part.additionalProperties : null;
  // Each category has the same settings, and a rule for guests is named by their e-mail domain.
  const said = part.description === undefined ? {} : { description: part.description };
  if (inner) return rowsOf({ ...said, ...inner }, [...path, path.at(-1) === "homes" ? "<domain>" : "<category>"]);
  const parts = Object.entries(part.properties ?? {});
  const within = (name: string) => (part.default as Record<string, unknown> | undefined)?.[name]; // it is the default of an object
  if (path.at(-1) === "methods") return rowsOf(part.properties?.staff ?? {}, [...path, "<category>"]);
  if (parts.length > 0) return parts.flatMap(([name, each]) => rowsOf(each, [...path, name], within(name)));
  const fallback = part.type === "array" && !part.default ? before : part.default;
  const shown =
    fallback === undefined || typeof fallback === "object" ? [fallback].flat().join(", ") : String(fallback);
  return [[`\`${path.join(".")}\``, values(part), shown, part.description ?? ""]];
}

function policy(): string {
  const schema = z.toJSONSchema(policySchema, { io: "input" }) as Part; // of which it is a part
  return `${[
    "# Policy of an organisation",
    made,
    "What an organisation decides. It is given as JSON, merged into what there is; `null` takes a part away, and what holds without it holds again. It holds from the next step of every sign-in.",
    `\`\`\`sh\nvahva organisation policy koivula            # what holds now, whole\nvahva organisation policy koivula --set '{"session":{"idleMinutes":30},"recovery":{"services":{"student":["suomifi"]}}}'\nvahva organisation policy koivula --explain aino@koivula.example\n\`\`\``,
    `Categories: ${categories.map((category) => `\`${category}\``).join(", ")}. Methods: ${methodNames.map((name) => `\`${name}\``).join(", ")}; \`totp\` is a password and a code, from an app or a hardware token. Brokers: those of \`vahva eid list\`.`,
    table(["setting", "values", "without it", "what it is"], rowsOf(schema, [])),
  ].join("\n\n")}\n`;
}

const pages = {
  "docs/reference/command-line.md": commandLine(),
  "docs/reference/configuration.md": configuration(),
  "docs/reference/policy.md": policy(),
};

const current = (path: string): string => {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return "";
  }
};

const stale = Object.entries(pages).filter(([path, text]) => current(path) !== text);
for (const [path, text] of stale) {
  if (process.argv.includes("--check")) {
    console.error(`${path} is not what the code says. Run "npm run docs".`);
    process.exitCode = 1;
  } else writeFileSync(join(root, path), text);
}
