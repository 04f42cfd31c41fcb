import * as z from "zod";
import { languages } from "../../../kernel/language.ts";
import { parseEmail } from "./email.ts";
import { hasInvisible } from "./invisible.ts";
import { type Logo, parseLogo } from "./logo.ts";
import { type PhoneRules, parseTelephone } from "./phone.ts";
import { categories, type Policy, policySchema } from "./policy.ts";
import { type Problem, problem } from "./problem.ts";
import { isSmsName } from "./sms-name.ts";

const text = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, "It is empty.")
    .max(longest, `It is longer than ${longest} characters.`)
    .refine((value) => !hasInvisible(value), "It has a line break or a character that can't be seen.");

const localisedText = (longest: number) =>
  z
    .partialRecord(z.enum(languages), text(longest))
    .refine((value) => Object.keys(value).length > 0, "Give it in at least one of fi, sv and en.");

/** An absolute http(s) address without a user name or password in it. */
const address = z
  .string()
  .max(500)
  .refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  }, "Give a whole address, such as https://intra.example/.");

const home = z.strictObject({ url: address, name: localisedText(60) });

const email = z.string().transform((value, context) => {
  const parsed = parseEmail(value);
  if (!parsed) context.addIssue({ code: "custom", message: "It is not an e-mail address." });
  return parsed ?? z.NEVER;
});

const telephone = (rules: PhoneRules) =>
  z.string().transform((value, context) => {
    const parsed = parseTelephone(value, rules);
    if (!parsed) context.addIssue({ code: "custom", message: "It is not a telephone number." });
    return parsed ?? z.NEVER;
  });

const contact = (rules: PhoneRules) =>
  z.strictObject({
    kind: z.enum(["general", "rights", "password", "technical"]),
    name: localisedText(60).exactOptional(),
    phone: telephone(rules).exactOptional(),
    email: email.exactOptional(),
    hours: localisedText(100).exactOptional(),
  });

const logo = z
  .strictObject({ base64: z.base64().max(100_000, "It is larger than 50 KB.") })
  .transform(({ base64 }, context): Logo => {
    const parsed = parseLogo(Buffer.from(base64, "base64"));
    if (!parsed)
      context.addIssue({
        code: "custom",
        message:
          "Give a PNG, or an SVG of plain shapes without scripts, styles or outside references, of at most 50 KB.",
      });
    return parsed ?? z.NEVER;
  });

const emailDomain = z.string().transform((value, context) => {
  const parsed = parseEmail(`a@${value}`)?.slice(2);
  if (!parsed) context.addIssue({ code: "custom", message: "It is not a domain, such as student.example." });
  return parsed ?? z.NEVER;
});

/** What the rules of an organisation's settings depend on. `methods` are the names of the methods this service has. */
export type SettingsRules = PhoneRules & { methods: readonly string[] };

const fields = (rules: PhoneRules) => ({
  slug: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "Use small letters a to z, digits and hyphens, at most 63 characters."),
  name: localisedText(100),
  smsName: z.string().refine(isSmsName, "Use at most 30 characters that text messages have (GSM alphabet)."),
  languages: z
    .array(z.enum(languages))
    .min(1, "Give at least one language.")
    .refine((list) => new Set(list).size === list.length, "A language is there twice."),
  support: z.array(contact(rules)).max(10),
  brandColour: z
    .string()
    .toLowerCase()
    .regex(/^#[0-9a-f]{6}$/, "Give a colour as #rrggbb.")
    .nullable(),
  logo: logo.nullable(),
  home: home.nullable(),
  // A colon divides issuer and account in an authenticator app's address.
  authenticatorName: text(60).refine((value) => !value.includes(":"), "It can't have a colon."),
  emailCategories: z.record(emailDomain, z.enum(categories)),
  policy: z.record(z.string(), z.unknown()),
  state: z.enum(["open", "closed"]),
});

const newSchema = (rules: PhoneRules) => {
  const { slug, name, ...rest } = fields(rules);
  return z.strictObject({ slug, name, ...z.object(rest).partial().shape });
};

const changeSchema = (rules: PhoneRules) => z.strictObject(fields(rules)).partial();

export type NewSettings = z.output<ReturnType<typeof newSchema>>;
export type ChangedSettings = z.output<ReturnType<typeof changeSchema>>;

const toProblems = (error: z.ZodError, within = ""): Problem[] =>
  error.issues.map((issue) => {
    const keys = issue.code === "unrecognized_keys" ? `: ${issue.keys.join(", ")}` : "";
    return problem(
      [within, ...issue.path].filter((part) => part !== "").join("."),
      "invalid",
      `${issue.message}${keys}`,
    );
  });

type Parsed<T> = { problems: Problem[] } | { settings: T };

const parsed = <T>({ data, error }: z.ZodSafeParseResult<T>): Parsed<T> =>
  error ? { problems: toProblems(error) } : { settings: data };

/** What somebody gave for a new organisation, checked. */
export const parseNewSettings = (input: unknown, rules: SettingsRules) => parsed(newSchema(rules).safeParse(input));

/** What somebody gave to change in an organisation, checked. */
export const parseChangedSettings = (input: unknown, rules: SettingsRules) =>
  parsed(changeSchema(rules).safeParse(input));

/** A whole policy, checked: its methods must be ones that the service has, a recommended one permitted. */
export function parsePolicy(input: unknown, rules: SettingsRules): { policy: Policy } | { problems: Problem[] } {
  const { data: policy, error } = policySchema.safeParse(input);
  if (error) return { problems: toProblems(error, "policy") };
  const problems = categories.flatMap((category) => {
    const { permitted, recommended } = policy.methods[category];
    const at = `policy.methods.${category}`;
    const unknown = permitted.filter((method) => !rules.methods.includes(method));
    return [
      ...(unknown.length > 0
        ? [problem(`${at}.permitted`, "unknown-method", `The methods are ${rules.methods.join(", ")}.`)]
        : []),
      ...(recommended !== undefined && !permitted.includes(recommended)
        ? [problem(`${at}.recommended`, "not-permitted", "The recommended method must be a permitted one.")]
        : []),
    ];
  });
  return problems.length > 0 ? { problems } : { policy };
}
