import type { z } from "zod";

export type Problem = Readonly<{ field: string; says: string }>;

const kinds: Readonly<Record<string, string>> = {
  string: "must be a text",
  array: "must be a list",
  object: "must be an object of fields",
  record: "must be an object of fields",
  boolean: "must be true or false",
};

/** What zod found wrong, for operators. */
export const problemsOf = (error: z.ZodError): Problem[] => error.issues.flatMap(problemOf);

function problemOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ field: [...issue.path, key].join("."), says: "is not a setting" }));
  return [{ field: issue.path.join("."), says: wordsOf(issue) }];
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (/^must\b/u.test(issue.message)) return issue.message;
  if (issue.code === "invalid_type" && issue.message.endsWith("received undefined")) return "must be given";
  if (issue.code === "invalid_type") return kinds[issue.expected] ?? "must be something else";
  if (issue.code === "invalid_value") return `must be one of ${issue.values.join(", ")}`;
  if (issue.code === "too_small") return "must not be empty";
  return issue.code === "too_big" ? "must be shorter" : "must be something else";
}
