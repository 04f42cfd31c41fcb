// What no other tool checks: the size of files, and that features never ask for the time or for chance themselves.
import { globSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const longest = 300;

/** Generated from the database, for machines to read. */
const generated = new Set(["src/platform/database/tables.ts"]);

/** The files with more lines than a reader should be given at once. */
export function tooLong(): string[] {
  return globSync("{src,test,scripts,bench}/**/*.{ts,mjs}")
    .filter((path) => !generated.has(path))
    .map((path) => ({ path, lines: read(path).trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > longest)
    .map(({ path, lines }) => `${path}: ${lines} lines; ${longest} at most, so that a file is one thing`);
}

const chance =
  /\b(?:Date\.now|performance\.now|Math\.random|random(?:UUID|Bytes|Int)|getRandomValues)\b|\bnew Date\(\s*\)/;

/** The places where a feature reads the clock or rolls dice instead of being handed a `Clock` or `Random`. */
export function ownTimeOrChance(): string[] {
  const files = globSync("src/features/**/*.ts").filter((path) => !path.endsWith(".test.ts"));
  return files.flatMap((path) =>
    withoutComments(read(path))
      .split("\n")
      .map((line, index) => ({ found: chance.exec(line)?.[0], where: `${path}:${index + 1}` }))
      .filter(({ found }) => found)
      .map(({ found, where }) => `${where}: ${found}; use the Clock or Random that is handed in`),
  );
}

/** The source with comments blanked out, line for line. */
export const withoutComments = (source: string) =>
  source.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, "")).replace(/(?<![:"'`\w])\/\/.*$/gm, "");

const read = (path: string) => readFileSync(path, "utf8");

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const broken = [...tooLong(), ...ownTimeOrChance()];
  for (const sentence of broken) console.log(sentence);
  process.exitCode = broken.length > 0 ? 1 : 0;
}
