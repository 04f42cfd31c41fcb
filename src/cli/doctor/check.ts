/** What the doctor says of one thing. `todo` is what to do about it. */
export type Check = { name: string; verdict: "pass" | "advice" | "fail"; says: string; todo?: string };

export const pass = (name: string, says: string): Check => ({ name, verdict: "pass", says });
export const advice = (name: string, says: string, todo: string): Check => ({ name, verdict: "advice", says, todo });
export const fail = (name: string, says: string, todo: string): Check => ({ name, verdict: "fail", says, todo });

/** The words of a fault, without a stack. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
