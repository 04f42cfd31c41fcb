import type { Strength } from "../../../kernel/strength.ts";

/** What the pure decisions know of a method. The rooms in `authenticators/` give the rest. */
export type MethodRule = Readonly<{
  name: string;
  strength: Strength;
  /** Kinds of proof that sign a person in together, in the order in which they are asked. */
  signIn: readonly string[];
  /** Steps that link the method; one is left out when what it makes is there already. */
  link: readonly Readonly<{ kind: string; unlessLinked?: string }>[];
}>;

export type PurposeName =
  | "sign-in"
  | "activation"
  | "change-password"
  | "link-method"
  | "remove-method"
  | "recovery"
  | "new-password-by-link"
  | "link-anew";

export type PurposeRule = Readonly<{
  /** The proof that its beginning gave; without it there is no such journey. */
  begunBy: string | null;
  /**
   * To show a method that is linked, to link one, or first the one and then the other; null where nothing is asked but
   * the steps of `after`.
   */
  wants: "sign-in" | "link" | "sign-in-and-link" | null;
  /** Steps after that. */
  after: readonly string[];
  /** Methods themselves are changed: proofs must be at the account's strongest, and minutes old at most (USR-9). */
  atStrongest: boolean;
  /** Of an account that is not active yet, and never again. */
  once?: boolean;
}>;

/** A proof that is good for one step and nothing else (SIN-5): a temporary password, for changing it. */
export const goodForOne = { kind: "temporary-password", step: "new-password" } as const;

/**
 * What stands for no method in a choice, where a password alone may begin a sign-in: a temporary one, or the one chosen in
 * its place while no method is linked yet. It finishes none.
 */
export const entryByPassword = "password";

export const purposeRules = {
  "sign-in": { begunBy: null, wants: "sign-in", after: [], atStrongest: false },
  activation: { begunBy: "invitation-pin", wants: "link", after: [], atStrongest: false, once: true },
  "change-password": { begunBy: null, wants: "sign-in", after: ["new-password"], atStrongest: true },
  "remove-method": { begunBy: null, wants: "sign-in", after: [], atStrongest: true },
  "link-method": { begunBy: null, wants: "sign-in-and-link", after: [], atStrongest: true },
  // Nobody is signed in by any of these (REC-7): whoever has recovered signs in as always.
  recovery: { begunBy: null, wants: null, after: ["recovery-way", "identity-proofed"], atStrongest: false },
  "new-password-by-link": { begunBy: "recovery-link", wants: null, after: ["new-password"], atStrongest: false },
  "link-anew": { begunBy: "identity-proofed", wants: "link", after: [], atStrongest: false },
} as const satisfies Record<PurposeName, PurposeRule>;
