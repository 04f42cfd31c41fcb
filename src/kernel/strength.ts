/** How strong a sign-in is: NIST SP 800-63B's authenticator assurance levels. */
export const strengths = [1, 2, 3] as const;

export type Strength = (typeof strengths)[number];
