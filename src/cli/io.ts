import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { text } from "node:stream/consumers";
import { PlainError } from "../kernel/plain-error.ts";
import type { Composition } from "./composition.ts";

/** The world outside a command: tests give their own. */
export type Io = {
  env: Readonly<Record<string, string | undefined>>;
  /** Data, to stdout. */
  print(text: string): void;
  /** Everything else, to stderr: a line for whoever sits there. */
  say(line: string): void;
  /** A line that the next one overwrites; nothing in a pipe. */
  progress(line: string): void;
  stdin: AsyncIterable<Uint8Array>;
  composition(): Promise<Composition>;
};

const clear = "\r\u001b[K";

/** This process's own. */
export function systemIo(): Io {
  const { stderr, stdout, stdin, env } = process;
  let unfinished = false;
  const finish = () => {
    if (unfinished) stderr.write(clear);
    unfinished = false;
  };
  // Whoever reads has read enough, such as `head`: the command itself still ends as it should.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    env,
    print(given) {
      finish();
      stdout.write(given.endsWith("\n") ? given : `${given}\n`);
    },
    say(line) {
      finish();
      stderr.write(`${line}\n`);
    },
    progress(line) {
      if (!stderr.isTTY) return;
      stderr.write(`${clear}${line}`);
      unfinished = true;
    },
    stdin,
    composition: () => import("../main.ts"),
  };
}

const refused = (path: string, error: unknown): PlainError =>
  new PlainError(
    error instanceof Error && "code" in error && error.code === "ENOENT"
      ? `There is no file ${path}.`
      : `The file ${path} can't be read.`,
  );

/** The bytes of a file; `-` stands for stdin. */
export async function* openFile(io: Io, path: string): AsyncIterable<Uint8Array> {
  try {
    yield* path === "-" ? io.stdin : createReadStream(path);
  } catch (error) {
    throw refused(path, error);
  }
}

/** The JSON object in a file; `-` stands for stdin. */
export async function readJson(io: Io, path: string): Promise<Record<string, unknown>> {
  const content = path === "-" ? await text(io.stdin) : await readBytes(path);
  return parseJson(content.toString(), path === "-" ? "stdin" : path);
}

export const readBytes = (path: string): Promise<Buffer> =>
  readFile(path).catch((error) => {
    throw refused(path, error);
  });

/** The JSON object that `content`, which came from `place`, holds. */
export function parseJson(content: string, place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below: the parser's own words would repeat what the file holds.
  }
  throw new PlainError(`Expected a JSON object in ${place}.`);
}
