import * as z from "zod";
import { type Level, levels } from "../../kernel/identity.ts";
import type { BrokerContext } from "../../ports/identity-broker.ts";
import type { TroubleReason } from "./trouble.ts";

/** How a document is read: `rfidApp` by its chip, the others by a camera. Those that Candour is known to name. */
const methods = ["rfidApp", "idApp", "idWeb", "sfovWeb", "mrzApp"] as const;
export type Method = (typeof methods)[number];

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/u;

/** https, or http on this machine, which only demos and tests use. */
export function isServiceAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password || hash) return false;
  return protocol === "https:" || (protocol === "http:" && loopback.test(hostname));
}

const word = z.string().regex(/^[\w.-]{1,100}$/u, "must be a word of letters, digits, dots and hyphens");
const words = z.array(word, "must be a list of words").min(1, "must not be empty");
const whole = (least: number, most: number) =>
  z
    .int(`must be a whole number from ${least} to ${most}`)
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

const schema = z.strictObject({
  clientId: z
    .string("must be the public key (X-AUTH-CLIENT) that Candour gave")
    .regex(/^[\x21-\x7E]{1,200}$/u, "must be the public key (X-AUTH-CLIENT) that Candour gave"),
  baseUrl: z
    .string("must be an address")
    .max(500)
    .refine(
      isServiceAddress,
      "must be an https:// address, without a user or a fragment (http:// only on this machine)",
    )
    .transform((text) => text.replace(/\/+$/u, ""))
    .optional(),
  invitationHosts: words.optional(),
  levels: z
    .partialRecord(z.enum(methods), z.enum(levels, `must be ${levels.join(" or ")}`), "must be an object of levels")
    .refine((given) => Object.keys(given).length > 0, "must name one way to read a document at least")
    .optional(),
  documents: words.optional(),
  tries: whole(1, 10).optional(),
  validMinutes: whole(5, 60).optional(),
  statuses: z
    .strictObject({ pending: words.optional(), success: words.optional(), cancelled: words.optional() })
    .optional(),
});

/** What an operator gave. */
export type Settings = z.infer<typeof schema>;
export type Problems = Readonly<{ problems: readonly Readonly<{ field: string; says: string }>[] }>;

/** Settings as an operator gave them, or what is wrong with them, field by field. */
export function parseSettings(given: unknown): Readonly<{ settings: Settings }> | Problems {
  const { success, data, error } = schema.safeParse(given);
  return success ? { settings: data } : { problems: error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): { field: string; says: string }[] {
  const field = (path: readonly PropertyKey[]) => path.map(String).join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ field: field([...issue.path, key]), says: "is not a setting" }));
  if (issue.code === "invalid_key") return [{ field: field(issue.path), says: `is not one of ${methods.join(", ")}` }];
  return [{ field: field(issue.path), says: issue.message }];
}

/** The settings with what may be left out filled in. `barred` is why nobody is sent there, or believed from there. */
export type Setup = Readonly<{
  clientId: string;
  baseUrl: string;
  /** Hosts to which a person may be sent: by name, or by the end of their name where it begins with a dot. */
  invitationHosts: readonly string[];
  /** What each way to read a document is worth. A way that is not named is neither asked for nor believed. */
  levels: Readonly<Partial<Record<Method, Level>>>;
  documents: readonly string[];
  tries: number;
  validMinutes: number;
  statuses: Readonly<{ pending: readonly string[]; success: readonly string[]; cancelled: readonly string[] }>;
  environment: BrokerContext["environment"];
  barred: TroubleReason | null;
}>;

const sandbox = "https://rest-sandbox.candour.fi/v1";
const testHosts = ["rest-sandbox.candour.fi", "rest-test.candour.fi"];

export function setUp(settings: Settings, environment: Setup["environment"]): Setup {
  const baseUrl = settings.baseUrl ?? (environment === "test" ? sandbox : "");
  const host = baseUrl && new URL(baseUrl).hostname;
  const isTest = testHosts.includes(host) || loopback.test(host);
  return {
    clientId: settings.clientId,
    baseUrl,
    invitationHosts: [
      host,
      ...(host.endsWith(".candour.fi") ? [".candour.fi"] : []),
      ...(settings.invitationHosts ?? []),
    ],
    levels: settings.levels ?? { rfidApp: "substantial" },
    documents: settings.documents ?? ["passport", "idCard"],
    tries: settings.tries ?? 3,
    validMinutes: settings.validMinutes ?? 20,
    statuses: {
      pending: settings.statuses?.pending ?? ["pending"],
      success: settings.statuses?.success ?? ["finished", "finishedManual"],
      cancelled: settings.statuses?.cancelled ?? ["cancelled", "canceled"],
    },
    environment,
    barred: barredBy(baseUrl, isTest && environment === "production"),
  };
}

function barredBy(baseUrl: string, isMisplaced: boolean): TroubleReason | null {
  if (baseUrl === "") return "no-base-url";
  return isMisplaced ? "test-service-in-production" : null;
}

/** Whether a person may be sent to this address: what the service answers leads nowhere else. */
export function isInvitation(link: string, { invitationHosts, environment }: Setup): boolean {
  if (!isServiceAddress(link)) return false;
  const { protocol, hostname } = new URL(link);
  if (protocol !== "https:" && environment === "production") return false;
  return invitationHosts.some((host) => (host.startsWith(".") ? hostname.endsWith(host) : hostname === host));
}

/** The ways to read a document that reach `level`. */
export const methodsFor = ({ levels: worth }: Setup, level: Level): readonly Method[] =>
  methods.filter((method) => {
    const reached = worth[method];
    return reached !== undefined && levels.indexOf(reached) >= levels.indexOf(level);
  });
