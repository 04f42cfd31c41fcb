import { Command } from "commander";
import type { Io } from "./io.ts";

/** What a command's action leaves behind: the process ends with it. */
export type Outcome = { code: number };

/** How each file of commands puts its own below `parent`. */
export type AddCommand = (parent: Command, io: Io, outcome: Outcome) => void;

/** For the reference page: commander keeps them only as text. */
export const examplesOf = new WeakMap<Command, readonly string[]>();

/** `examples` are whole lines as typed, shown below the help. */
export function makeCommand(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${example}`).join("\n");
  const command = new Command(name)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .helpCommand(false);
  examplesOf.set(command, examples);
  return examples.length > 0 ? command.addHelpText("after", `\nExamples:\n${lines}`) : command;
}
