import * as z from "zod";
import { levels } from "../../../kernel/identity.ts";
import { type Strength, strengths } from "../../../kernel/strength.ts";

/** What kind of account it is in its organisation. */
export const categories = ["staff", "student", "external", "guest"] as const;
export type Category = (typeof categories)[number];

const methodsOfCategory = z.strictObject({
  /** Methods that accounts of the category may link and sign in with, by name. */
  permitted: z.array(z.string()),
  /** Offered first; must be one of `permitted`. */
  recommended: z.string().optional(),
  /** What a sign-in needs at least; without it the organisation's `minimumStrength`. */
  minimumStrength: z.literal(strengths).optional(),
  /** Whether people may remove their own authenticators; never the last one (USR-6). */
  mayRemove: z.boolean().optional(),
});

/** What an organisation decides (POL-1). Missing parts take their defaults, so an old row is never incomplete. */
export const policySchema = z.strictObject({
  methods: z
    .strictObject({
      staff: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
      student: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
      external: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
      guest: methodsOfCategory.prefault({ permitted: ["eid", "totp"] }),
    })
    .prefault({}),
  minimumStrength: z.literal(strengths).default(2),
  eid: z
    .strictObject({
      /** Names of the brokers that people may use; without it every one that is open to all organisations. */
      brokers: z.array(z.string()).optional(),
      /** Countries whose eIDs are offered (ISO 3166); without it all. */
      countries: z.array(z.string().regex(/^[A-Z]{2}$/)).optional(),
      /** The least that an identification must reach. */
      level: z.enum(levels).default("substantial"),
    })
    .prefault({}),
  session: z
    .strictObject({
      lifetimeMinutes: z.int().min(5).max(43_200).default(1_440),
      idleMinutes: z.int().min(5).max(43_200).default(60),
      endsWithBrowser: z.boolean().default(false),
    })
    .prefault({}),
  password: z
    .strictObject({
      minimumLength: z.int().min(8).max(64).default(12),
      /** Whether people choose their first password themselves, or are sent a temporary one that they change. */
      way: z.enum(["chosen", "temporary"]).default("chosen"),
      /** How long a temporary password can be used. */
      temporaryHours: z.int().min(1).max(168).default(24),
    })
    .prefault({}),
  recovery: z
    .strictObject({
      /** Names of the brokers by which people prove who they are; without a list those they sign in with, in an empty one none. */
      services: z.partialRecord(z.enum(categories), z.array(z.string())).prefault({}),
      /**
       * Whether a document without an identity code may do: name and date of birth are compared then, and a support agent
       * has to approve (REC-3).
       */
      withoutCode: z.boolean().default(false),
      /** Who looks after the accounts of guests, by their e-mail domain (REC-5): a name, and where to turn to. */
      homes: z
        .record(z.string(), z.strictObject({ name: z.string().max(100), help: z.string().max(200).optional() }))
        .prefault({}),
    })
    .prefault({}),
  invitation: z
    .strictObject({
      days: z.int().min(1).max(90).default(14),
      /** The SMS goes out only when the person asks for it on the page (ACT-2). */
      pinOnRequest: z.boolean().default(false),
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
