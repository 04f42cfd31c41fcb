import type { Key } from "../../platform/i18n/index.ts";
import type { IconName } from "../../platform/pages/index.ts";

/** What the cure of a problem depends on: what the reader's organisation permits, never what anybody's account has. */
export type Facts = Readonly<{
  /** Names of the methods that can be used. */
  methods: ReadonlySet<string>;
  /** Whether one can prove who one is and begin anew (REC-3). */
  canReset: boolean;
  /** How one comes by a new password; null where nobody has one. */
  newPassword: "link" | "order" | null;
  /** Whether people remove their own authenticators (USR-6). */
  mayRemove: boolean;
}>;

/** What to do, line by line, and the page where it is done; `takesSlug` pages keep to the reader's organisation. */
export type Cure = Readonly<{
  lines: readonly Key[];
  go?: Readonly<{ to: string; label: Key; takesSlug?: boolean }>;
}>;

/** A problem as the reader puts it: a question whose answers are problems again, or its cure. */
export type Problem = Readonly<{
  /** In its address. */
  name: string;
  icon: IconName;
  label: Key;
  /** Whether anybody here can have it; everybody can without. */
  arises?(facts: Facts): boolean;
}> &
  (Readonly<{ ask: Key; answers: readonly string[] }> | Readonly<{ cure(facts: Facts): Cure }>);

const services = { to: "/account", label: "problems:to-services" } as const;
const recover = { to: "/recover", label: "problems:to-recover", takesSlug: true } as const;
const order = { to: "/order-password", label: "problems:to-order", takesSlug: true } as const;
const clockTest = { to: "/test/code", label: "problems:to-clock" } as const;
const cardTest = { to: "/test/certificate", label: "problems:to-card-test", takesSlug: true } as const;
const signIn = { to: "/sign-in", label: "problems:to-sign-in", takesSlug: true } as const;

const hasCodes = ({ methods }: Facts): boolean => methods.has("totp");
const hasCards = ({ methods }: Facts): boolean => methods.has("certificate");
const hasBanks = ({ methods }: Facts): boolean => methods.has("eid");
const usesPhone = ({ methods }: Facts): boolean => methods.has("totp") || methods.has("passkey");

/** From the start, where whoever helps is another: this service, or people. */
const startAnew = ({ canReset }: Facts): Cure =>
  canReset
    ? { lines: ["problems:reset-prove", "problems:reset-removed", "problems:reset-then"], go: recover }
    : { lines: ["problems:support-removes", "problems:support-proof"] };

/** Asked first, in the order in which people come with them. */
export const firstProblems = [
  "new-phone",
  "lost-phone",
  "code-refused",
  "forgot-password",
  "bank-refused",
  "card-lost",
  "card-not-found",
  "no-sms",
  "link-expired",
  "guest",
] as const;

const problems: readonly Problem[] = [
  {
    name: "new-phone",
    icon: "phone",
    label: "problems:new-phone",
    arises: usesPhone,
    ask: "problems:new-phone-ask",
    answers: ["old-phone-works", "old-phone-gone"],
  },
  {
    name: "old-phone-works",
    icon: "check",
    label: "problems:old-phone-works",
    cure: ({ mayRemove }) => ({
      lines: [
        "problems:sign-in-with-old",
        "problems:link-on-new",
        mayRemove ? "problems:remove-from-old" : "problems:keep-till-then",
      ],
      go: services,
    }),
  },
  {
    name: "old-phone-gone",
    icon: "fail",
    label: "problems:old-phone-gone",
    ask: "problems:other-way-ask",
    answers: ["other-way", "no-other-way"],
  },
  {
    name: "lost-phone",
    icon: "warn",
    label: "problems:lost-phone",
    arises: usesPhone,
    ask: "problems:other-way-ask",
    answers: ["other-way", "no-other-way"],
  },
  {
    name: "other-way",
    icon: "check",
    label: "problems:other-way",
    arises: ({ methods }) => methods.size > 1,
    cure: ({ mayRemove }) => ({
      lines: [
        "problems:sign-in-other-way",
        "problems:link-on-new",
        mayRemove ? "problems:remove-lost" : "problems:support-removes-lost",
      ],
      go: services,
    }),
  },
  { name: "no-other-way", icon: "fail", label: "problems:no-other-way", cure: startAnew },
  {
    name: "code-refused",
    icon: "password",
    label: "problems:code-refused",
    arises: hasCodes,
    ask: "problems:what-said",
    answers: ["code-wrong", "code-used", "code-clock", "code-blocked"],
  },
  {
    name: "code-wrong",
    icon: "fail",
    label: "problems:code-wrong",
    cure: () => ({
      lines: ["problems:code-right-entry", "problems:code-next", "problems:code-compare"],
      go: clockTest,
    }),
  },
  { name: "code-used", icon: "wait", label: "problems:code-used", cure: () => ({ lines: ["problems:code-once"] }) },
  {
    name: "code-clock",
    icon: "clock",
    label: "problems:code-clock",
    cure: () => ({ lines: ["problems:clock-automatic", "problems:clock-token"], go: clockTest }),
  },
  {
    name: "code-blocked",
    icon: "lock",
    label: "problems:code-blocked",
    cure: ({ methods }) => ({
      lines: ["problems:blocked-wait", ...(methods.size > 1 ? (["problems:blocked-other"] as const) : [])],
      go: signIn,
    }),
  },
  {
    name: "forgot-password",
    icon: "password",
    label: "problems:forgot-password",
    arises: ({ newPassword }) => newPassword !== null,
    cure: ({ newPassword }) =>
      newPassword === "order"
        ? { lines: ["problems:password-order", "problems:password-order-then"], go: order }
        : { lines: ["problems:password-link", "problems:password-link-then"], go: recover },
  },
  {
    name: "bank-refused",
    icon: "bank",
    label: "problems:bank-refused",
    arises: hasBanks,
    ask: "problems:what-said",
    answers: ["bank-not-linked", "bank-other-person", "bank-failed"],
  },
  {
    name: "bank-not-linked",
    icon: "info",
    label: "problems:bank-not-linked",
    cure: ({ methods }) => ({
      lines: [
        "problems:bank-activate-first",
        methods.size > 1 ? "problems:bank-link-later" : "problems:bank-support-links",
      ],
      ...(methods.size > 1 && { go: services }),
    }),
  },
  {
    name: "bank-other-person",
    icon: "person",
    label: "problems:bank-other-person",
    cure: () => ({ lines: ["problems:bank-own", "problems:bank-support-checks"] }),
  },
  {
    name: "bank-failed",
    icon: "fail",
    label: "problems:bank-failed",
    cure: () => ({ lines: ["problems:bank-any", "problems:bank-itself"], go: signIn }),
  },
  {
    name: "card-lost",
    icon: "card",
    label: "problems:card-lost",
    arises: hasCards,
    cure: ({ newPassword, canReset }) => {
      const first = "problems:card-revoke";
      if (newPassword === "order") return { lines: [first, "problems:card-order"], go: order };
      if (canReset) return { lines: [first, "problems:card-reset"], go: recover };
      return { lines: [first, "problems:card-support"] };
    },
  },
  {
    name: "card-not-found",
    icon: "card",
    label: "problems:card-not-found",
    arises: hasCards,
    cure: () => ({
      lines: ["problems:card-reader", "problems:card-restart", "problems:card-check"],
      go: cardTest,
    }),
  },
  {
    name: "no-sms",
    icon: "sms",
    label: "problems:no-sms",
    cure: () => ({ lines: ["problems:sms-wait", "problems:sms-again", "problems:sms-number"] }),
  },
  {
    name: "link-expired",
    icon: "mail",
    label: "problems:link-expired",
    ask: "problems:which-link",
    answers: ["link-activation", "link-password"],
  },
  {
    name: "link-activation",
    icon: "mail",
    label: "problems:link-activation",
    cure: () => ({ lines: ["problems:link-open-anyway", "problems:link-latest"] }),
  },
  {
    name: "link-password",
    icon: "password",
    label: "problems:link-password",
    arises: ({ newPassword }) => newPassword === "link",
    cure: () => ({ lines: ["problems:password-link-again", "problems:link-latest"], go: recover }),
  },
  {
    name: "guest",
    icon: "person",
    label: "problems:guest",
    cure: () => ({ lines: ["problems:guest-home", "problems:guest-ask"], go: recover }),
  },
];

const byName = new Map(problems.map((problem) => [problem.name, problem]));

/** Those of `names` that can arise here. */
export const arising = (names: readonly string[], facts: Facts): readonly Problem[] =>
  names.flatMap((name) => {
    const problem = byName.get(name);
    return problem && (problem.arises?.(facts) ?? true) ? [problem] : [];
  });

/** The problem of that name, where it can arise; a question that only one answer is left to is that answer. */
export function findProblem(name: string, facts: Facts): Problem | null {
  const [problem] = arising([name], facts);
  if (!problem || "cure" in problem) return problem ?? null;
  const [only, ...others] = arising(problem.answers, facts);
  return only && others.length === 0 ? { ...only, label: problem.label } : problem;
}
