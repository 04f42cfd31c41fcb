import { PlainError } from "../kernel/plain-error.ts";
import { type Io, parseJson, readBytes, readJson } from "./io.ts";

/** How settings that an adapter describes are given. */
export type SettingsFlags = {
  file?: string;
  settings?: string;
  settingFile?: Record<string, string>;
  secretFile?: string;
};

/** The settings from a file, laid over by those given as JSON, laid over by those that a file each holds. */
export async function readSettings(io: Io, flags: SettingsFlags): Promise<Record<string, unknown>> {
  const files = Object.entries(flags.settingFile ?? {}).map(async ([name, path]) => {
    const content = (await readBytes(path)).toString().trim();
    return [name, content.startsWith("{") ? parseJson(content, path) : content];
  });
  return {
    ...(flags.file === undefined ? {} : await readJson(io, flags.file)),
    ...(flags.settings === undefined ? {} : parseJson(flags.settings, "--settings")),
    ...Object.fromEntries(await Promise.all(files)),
  };
}

/** What the file of the secret holds; undefined where none was given. */
export async function readSecret({ secretFile }: SettingsFlags): Promise<string | undefined> {
  if (secretFile === undefined) return undefined;
  const secret = (await readBytes(secretFile)).toString().trim();
  if (secret === "") throw new PlainError(`The file ${secretFile} is empty.`);
  return secret;
}
