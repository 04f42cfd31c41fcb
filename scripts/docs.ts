// Writes the reference pages that are made from the code. With --check it only says whether they are as they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { examplesOf } from "../src/cli/command.ts";
import { makeProgram, pathOf } from "../src/cli/main.ts";
import { settingList } from "../src/config.ts";
import { columns } from "../src/features/activation/index.ts";

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

const pages = { "docs/reference/command-line.md": commandLine(), "docs/reference/configuration.md": configuration() };

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
