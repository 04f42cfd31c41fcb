/** How strong a sign-in is: NIST SP 800-63B's authenticator assurance levels. */
export const strengths = [1, 2, 3] as const;

export type Strength = (typeof strengths)[number];

/** `acr` values: the levels as applications name them. */
export const acrValues = ["aal1", "aal2", "aal3"] as const;

export type Acr = (typeof acrValues)[number];

/** The strength that an `acr` value names; null for a value that is not ours. */
export const strengthOf = (acr: string): Strength | null =>
  strengths.find((strength) => acrValues[strength - 1] === acr) ?? null;
