import type { DirectorySubject } from "../../ports/directory.ts";
import { isSource, valuesOf } from "../directory-parts/sources.ts";
import { failed } from "../directory-parts/trouble.ts";

const placeholder = /\{([A-Za-z]*)\}/gu;

/** The names in braces. */
export const placeholdersOf = (template: string): string[] =>
  Array.from(template.matchAll(placeholder), ([, name = ""]) => name);

/** Whether all of them are something of an account's that has one value. */
export const isTemplate = (template: string): boolean =>
  placeholdersOf(template).every((name) => isSource(name) && name !== "roles");

/** `template` with what `write` gives for each name; what it gives is not looked at again. */
export const withPlaceholders = (template: string, write: (name: string) => string): string =>
  template.replace(placeholder, (_, name: string) => write(name));

/** A search filter that asks for just these values, whatever is in them. */
export const filterFor = (template: string, subject: DirectorySubject): string =>
  withPlaceholders(template, (name) => escapeFilter(valueFor(subject, name)));

/** A DN with just these values in it. */
export const dnFor = (template: string, subject: DirectorySubject): string =>
  withPlaceholders(template, (name) => escapeDn(valueFor(subject, name)));

function valueFor(subject: DirectorySubject, name: string): string {
  const [value] = isSource(name) ? valuesOf(subject, name) : [];
  if (value === undefined)
    throw failed(`The account has no ${name}, by which it is to be found: see filter and baseDn.`);
  return value;
}

const hex = (character: string): string => `\\${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** RFC 4515 §3. */
export const escapeFilter = (value: string): string => value.toWellFormed().replace(/[\\*()\0]/gu, hex);

/** RFC 4514 §2.4, and control characters besides. */
export const escapeDn = (value: string): string =>
  value.toWellFormed().replace(/["+,;<>=\\\p{Cc}]|^[ #]| $/gu, (character) => hexBytes(character));

const hexBytes = (character: string): string => Buffer.from(character).toString("hex").replace(/../gu, "\\$&");

/**
 * Whether it is a filter (RFC 4515): comparisons, then groups of them, each become one until one is left. Judged here, so
 * that the client, which takes a tenth of a second to load, is loaded when the first directory is told something.
 */
export function isFilter(text: string): boolean {
  const comparison = /\([A-Za-z][\w.;:-]*[~<>]?=(?:[^()\\\0]|\\[0-9a-f]{2})*\)/giu;
  const group = /\((?:[&|]\0+|!\0)\)/gu;
  if (text.includes("\0")) return false;
  let left = text.replace(comparison, "\0");
  for (let before = ""; before !== left; left = left.replace(group, "\0")) before = left;
  return left === "\0";
}
