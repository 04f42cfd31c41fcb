import * as z from "zod";
import { levels } from "../../../kernel/identity.ts";
import { type Strength, strengths } from "../../../kernel/strength.ts";

/** What kind of account it is in its organisation. */
export const categories = ["staff", "student", "external", "guest"] as const;
export type Category = (typeof categories)[number];

const methodsOfCategory = z.strictObject({
  permitted: z.array(z.string()).describe("methods that accounts of the category may link and sign in with"),
  recommended: z.string().optional().describe("the one of them that is offered first"),
  minimumStrength: z
    .literal(strengths)
    .optional()
    .describe("what their sign-ins need at least; without it the organisation's"),
  mayRemove: z.boolean().optional().describe("whether people may remove their own methods; never the last one"),
});

/**
 * What an organisation decides (POL-1). Missing parts take their defaults, so an old row is never incomplete. What is
 * described here stands in docs/reference/policy.md.
 */
export const policySchema = z.strictObject({
  methods: z
    .strictObject({
      staff: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
      student: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
      external: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
      guest: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
    })
    .prefault({}),
  minimumStrength: z
    .literal(strengths)
    .default(2)
    .describe("what a sign-in needs at least: one of the levels 1 to 3 of NIST SP 800-63B"),
  eid: z
    .strictObject({
      brokers: z
        .array(z.string())
        .optional()
        .describe("brokers that people may use, in their order; without it every open one that needs not be named"),
      countries: z
        .array(z.string().regex(/^[A-Z]{2}$/))
        .optional()
        .describe("countries whose eIDs are offered (ISO 3166); without it all"),
      level: z.enum(levels).default("substantial").describe("the least that an identification must reach"),
    })
    .prefault({}),
  session: z
    .strictObject({
      lifetimeMinutes: z.int().min(5).max(43_200).default(1_440).describe("when a session ends in any case"),
      idleMinutes: z.int().min(5).max(43_200).default(60).describe("when a session ends that nobody uses"),
      endsWithBrowser: z.boolean().default(false).describe("whether closing the browser ends it"),
    })
    .prefault({}),
  password: z
    .strictObject({
      minimumLength: z.int().min(8).max(64).default(12).describe("how long a password must be"),
      way: z
        .enum(["chosen", "temporary"])
        .default("chosen")
        .describe(
          "whether people choose their first password themselves, or are sent a temporary one that they change",
        ),
      temporaryHours: z.int().min(1).max(168).default(24).describe("how long a temporary password can be used"),
    })
    .prefault({}),
  recovery: z
    .strictObject({
      services: z
        .partialRecord(z.enum(categories), z.array(z.string()))
        .prefault({})
        .describe(
          "brokers by which people prove who they are for an MFA reset; without a list those they sign in with, in an empty one none",
        ),
      withoutCode: z
        .boolean()
        .default(false)
        .describe(
          "whether a document without an identity code may do: name and date of birth are compared then, and a support agent has to approve",
        ),
      homes: z
        .record(
          z.string(),
          z.strictObject({
            name: z.string().max(100).describe("who looks after the accounts of guests of this e-mail domain"),
            help: z.string().max(200).optional().describe("where these guests turn to: an address, or words"),
          }),
        )
        .prefault({}),
    })
    .prefault({}),
  invitation: z
    .strictObject({
      days: z.int().min(1).max(90).default(14).describe("how long an invitation is valid"),
      pinOnRequest: z
        .boolean()
        .default(false)
        .describe("whether the PIN goes out only when the person asks for it on the page"),
    })
    .prefault({}),
});

export type Policy = z.infer<typeof policySchema>;

/** A policy as it is stored, with the defaults of what it leaves out. */
export const readPolicy = (stored: unknown): Policy => policySchema.parse(stored);

/** What accounts of `category` have to show at least. */
export const minimumStrengthOf = (policy: Policy, category: Category): Strength =>
  policy.methods[category].minimumStrength ?? policy.minimumStrength;

/** The category that the organisation's rules tell from an address: the longest domain wins. Staff without a rule. */
export function categoryOf(email: string, emailCategories: Readonly<Record<string, Category>>): Category {
  const host = email.slice(email.lastIndexOf("@") + 1).toLowerCase();
  const rules = Object.keys(emailCategories).filter((domain) => host === domain || host.endsWith(`.${domain}`));
  const longest = rules.toSorted((a, b) => b.length - a.length)[0];
  return (longest && emailCategories[longest]) || "staff";
}

/** The methods that `policy` lets accounts of `category` use, the recommended one first. */
export function permittedMethods(policy: Policy, category: Category): readonly string[] {
  const { permitted, recommended } = policy.methods[category];
  if (!recommended || !permitted.includes(recommended)) return permitted;
  return [recommended, ...permitted.filter((method) => method !== recommended)];
}
