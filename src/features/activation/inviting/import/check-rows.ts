import type { Db } from "../../../../platform/database/index.ts";
import { findNames, findOrganisation, type Organisation, type Problem, problem } from "../../../organisations/index.ts";
import { conflict, type InvitingDeps, keysOf } from "../invite.ts";
import { type Given, type Invitee, parseInvitee } from "../person.ts";
import type { Column, Row } from "./read-csv.ts";

/** A row that can be invited as far as anyone can tell before trying, or why not. */
export type CheckedRow =
  | { line: number; organisation: Organisation; invitee: Invitee }
  | { line: number; problems: readonly Problem[] };

const fields: Readonly<Record<Exclude<Column, "organisation">, keyof Given>> = {
  given_name: "givenName",
  family_name: "familyName",
  email: "email",
  phone: "phone",
  category: "category",
  language: "language",
  user_name: "userName",
  roles: "roles",
  home: "home",
  identity_code: "identityCode",
};

const columnOf = new Map<string, string>(Object.entries(fields).map(([column, field]) => [field, column]));

/** The same problems, by the names that the file has for the fields. */
export const inColumns = (problems: readonly Problem[]): Problem[] =>
  problems.map((one) => ({ ...one, field: columnOf.get(one.field) ?? one.field }));

const toGiven = (values: Row["values"]): Given =>
  Object.fromEntries(Object.entries(fields).map(([column, field]) => [field, values[column as Column]])); // its keys are columns

/** Finds each organisation once, however many rows name it. */
function makeFindOrganisation(db: Db, into: Organisation | null) {
  const found = new Map<string, Organisation | null>();
  return async (slug: string): Promise<Organisation | Problem> => {
    if (slug === "") return into ?? problem("organisation", "missing", "The organisation is missing.");
    if (into)
      return slug === into.slug ? into : problem("organisation", "another", `These people go into ${into.slug} only.`);
    if (!found.has(slug)) found.set(slug, await findOrganisation(db, slug));
    return found.get(slug) ?? problem("organisation", "unknown", "There is no such organisation.");
  };
}

/**
 * Checks every row: its values, whether an earlier row names the same person, and whether the database has them already.
 * `into` is the organisation of rows that name none, and the only one that rows may name.
 */
export async function checkRows(
  { db, countries }: Pick<InvitingDeps, "db" | "countries">,
  rows: readonly Row[],
  into: Organisation | null,
): Promise<CheckedRow[]> {
  const organisationOf = makeFindOrganisation(db, into);
  const seen = new Map<string, number>();
  const checked: CheckedRow[] = [];
  for (const { line, values, problems } of rows) {
    const organisation = problems.length > 0 ? null : await organisationOf(values.organisation?.trim() ?? "");
    if (!organisation || "field" in organisation) {
      checked.push({ line, problems: organisation ? [organisation] : problems });
      continue;
    }
    const parsed = parseInvitee(toGiven(values), organisation, { countries });
    if ("problems" in parsed) {
      checked.push({ line, problems: inColumns(parsed.problems) });
      continue;
    }
    const keys = keysOf(parsed.invitee).map((key) => `${organisation.id} ${key}`);
    const earlier = keys.map((key) => seen.get(key)).find((found) => found !== undefined);
    if (earlier !== undefined) {
      const says = `Line ${earlier} has the same e-mail address or user name.`;
      checked.push({ line, problems: [problem("email", "duplicate", says)] });
      continue;
    }
    for (const key of keys) seen.set(key, line);
    checked.push({ line, organisation, invitee: parsed.invitee });
  }
  return withoutTaken(db, checked);
}

/** Rows looked up in the database at once. */
const batch = 500;

async function withoutTaken(db: Db, rows: readonly CheckedRow[]): Promise<CheckedRow[]> {
  const taken = new Map<CheckedRow, Problem>();
  const good = rows.filter((row) => "invitee" in row);
  for (const group of Map.groupBy(good, (row) => row.organisation.id).values())
    for (let at = 0; at < group.length; at += batch) {
      const part = group.slice(at, at + batch);
      const keys = part.flatMap(({ invitee }) => keysOf(invitee));
      const found = await findNames(db, group[0]?.organisation.id ?? "", keys);
      for (const row of part) {
        const why = conflict(found, row.invitee);
        if (why) taken.set(row, why);
      }
    }
  return rows.map((row) => {
    const why = taken.get(row);
    return why ? { line: row.line, problems: inColumns([why]) } : row;
  });
}
