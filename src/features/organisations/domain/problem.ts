/**
 * What is wrong with one value that was given, for whoever gave it. `reason` is what a page translates; `says` is the
 * same as a sentence for the command line, the API and the log. Neither ever repeats the value.
 */
export type Problem = Readonly<{ field: string; reason: string; says: string }>;

export const problem = (field: string, reason: string, says: string): Problem => ({ field, reason, says });
