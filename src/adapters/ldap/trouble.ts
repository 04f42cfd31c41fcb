import { noConnection } from "../directory-parts/connection.ts";
import { DirectoryTrouble, failed, later } from "../directory-parts/trouble.ts";

const partOfName = "An attribute that is to be changed is part of the entry's name: take it out of attributes.";

const mendings: Readonly<Record<number, string>> = {
  2: "The directory doesn't know what it was asked.",
  8: "The directory wants encryption: use ldaps:// or startTls.",
  10: "The directory refers us to another server: give the address of one that can be written to.",
  13: "The directory wants encryption: use ldaps:// or startTls.",
  17: "The directory doesn't know an attribute that is to be changed: correct attributes, onReset or onClosed.",
  18: "The directory can't remove single values of an attribute in onReset.clear, as it has no equality rule: take it out.",
  19: "The directory's rules don't allow a value that it was to have: see attributes.",
  21: "A value doesn't have the form that its attribute must have there: see attributes.",
  32: "There is no baseDn in the directory that bindDn may see: correct it.",
  34: "baseDn or bindDn is not a DN.",
  48: "The directory doesn't let anybody bind as bindDn with a password: correct bindDn.",
  50: "The directory doesn't let bindDn read or change what it has to: give it that right there.",
  53: "The directory is not willing to make the change: see its log.",
  64: partOfName,
  65: "The entry's object classes don't allow the change: see attributes and onReset.",
  67: partOfName,
  69: "The entry's object classes don't allow the change: see attributes and onReset.",
};

/** busy, unavailable, limits, other; and what shows that the entry was changed at the same moment. */
const alwaysPassing = [1, 3, 11, 16, 20, 51, 52, 80];

/** What Active Directory says besides of a bind that it refuses, as a number in its words. */
const binds: Readonly<Record<string, string>> = {
  "530": "bindDn may not sign in at this hour",
  "531": "bindDn may not sign in from here",
  "532": "the password of bindDn has expired",
  "533": "the account of bindDn is disabled",
  "701": "the account of bindDn has expired",
  "773": "the password of bindDn must be changed first",
  "775": "the account of bindDn is locked",
};

function wordsOfBind(words: string): string {
  const code = /\bAcceptSecurityContext error, data (\w{2,4})\b/u.exec(words)?.[1] ?? "";
  const says = Object.hasOwn(binds, code) ? binds[code] : undefined;
  return says
    ? `The directory refuses the bind: ${says}.`
    : "The directory refuses bindDn or its password: correct them.";
}

/** What comes of work with the client, whose errors are thrown as trouble. `passing`: codes that mean less here. */
export async function withTrouble<T>(work: Promise<T>, passing: readonly number[] = []): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw troubleOf(error, passing);
  }
}

/** The error's own words may hold DNs, so nothing of them is told but codes. */
function troubleOf(error: unknown, passing: readonly number[]): unknown {
  if (error instanceof DirectoryTrouble) return error;
  if (error instanceof TypeError || error instanceof RangeError || !(error instanceof Error)) return error;
  const code = "code" in error ? error.code : undefined;
  if (code === 49) return failed(wordsOfBind(error.message));
  if (typeof code === "number") return ofResult(code, [...alwaysPassing, ...passing]);
  if (code === undefined && /time(?:d )?out/iu.test(error.message))
    return later("The directory did not answer in time.");
  return later(
    noConnection(typeof code === "string" ? code : "", {
      what: "the directory",
      address: "url",
      authority: "give its authority's certificate as the setting ca",
    }),
  );
}

/** Of STARTTLS: many a directory without a certificate calls itself unavailable then, and stays so. */
export function refusedTls(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "number") return error;
  const says = `The directory refuses STARTTLS (${code}): see whether it has a certificate, or use ldaps://.`;
  return alwaysPassing.includes(code) ? later(says) : failed(says);
}

function ofResult(code: number, passing: readonly number[]): DirectoryTrouble {
  if (passing.includes(code)) return later(`The directory can't do it just now (${code}).`);
  return failed(mendings[code] ?? `The directory refuses to do it (${code}): see its log.`);
}
