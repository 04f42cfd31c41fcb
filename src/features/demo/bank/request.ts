import * as z from "zod";
import { type Instant, minutes, plus } from "../../../kernel/time.ts";
import type { Db } from "../../../platform/database/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import { type BankAddresses, demoLevel } from "./addresses.ts";
import type { Client, Disbelief } from "./client.ts";
import { type DemoMeans, findMeans } from "./people.ts";
import { isUsed } from "./store.ts";

/** What the service asks for, checked. */
export type Wish = Readonly<{
  jti: string;
  expiresAt: Instant;
  state: string;
  nonce: string;
  /** Null: the person chooses on the bank's own page. */
  means: DemoMeans | null;
  /** The name of the service, for the person to read. */
  service: string;
  codeChallenge: string | null;
  languages: readonly string[];
}>;

/** Why a request leads nowhere, not even back: whose it is can't be believed, or it has been answered. */
export type Refusal = Disbelief | "unknown-client" | "wrong-redirect-uri" | "already-answered";

export type Reading =
  | Readonly<{ result: "accepted"; wish: Wish }>
  /** Genuine, but wrong: the service is told (OpenID Connect Core §3.1.2.6). */
  | Readonly<{ result: "declined"; url: string }>
  | Readonly<{ result: "refused"; reason: Refusal }>;

/** Longer lived than this, a request is none of a person who is on their way. */
const longestLife = minutes(60);

const words = z.string().transform((text) => text.split(" ").filter(Boolean));
const form = z.object({
  client_id: z.string(),
  response_type: z.literal("code"),
  scope: words.refine((scopes) => scopes.includes("openid")),
  state: z.string().min(1).max(1_000),
  nonce: z.string().min(16).max(1_000),
  acr_values: words.default([demoLevel]),
  prompt: words.default([]),
  ftn_idp_id: z
    .string()
    .refine((id) => findMeans(id) !== null)
    .optional(),
  ftn_spname: z.string().trim().min(1).max(40).optional(),
  ui_locales: words.default([]),
  code_challenge: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional(),
  code_challenge_method: z.literal("S256").optional(),
});

/** Reads what a browser brought: `request` is a JWT that the client has signed (RFC 9101), used once. */
export function makeReadRequest(deps: { addresses: BankAddresses; client: Client; db: Db; clock: Clock }) {
  const { addresses, client, db, clock } = deps;
  return async (given: Readonly<{ client_id: string; request: string }>): Promise<Reading> => {
    if (given.request === "") return refused("unsigned");
    if (given.client_id !== addresses.client.id) return refused("unknown-client");
    const read = await client.read(given.request, addresses.issuer);
    if ("refused" in read) return refused(read.refused);
    const { claims } = read;
    if (claims.redirect_uri !== addresses.client.redirectUri) return refused("wrong-redirect-uri");
    if (await isUsed(db, "request", claims.jti)) return refused("already-answered");

    const decline = (error: string, description: string): Reading => {
      const state = typeof claims.state === "string" ? claims.state : null;
      const url = answerUrl(addresses, state, { error, error_description: description });
      return { result: "declined", url };
    };
    const parsed = form.safeParse(claims);
    if (!parsed.success) return decline("invalid_request", `wrong: ${parsed.error.issues[0]?.path.join(".")}`);
    const asked = parsed.data;
    const expiresAt = new Date(claims.exp * 1000);
    if (asked.client_id !== given.client_id) return decline("invalid_request", "wrong: client_id");
    if (expiresAt > plus(clock.now(), longestLife)) return decline("invalid_request", "wrong: exp");
    if (asked.prompt.includes("none")) return decline("login_required", "the person is always asked");
    if (!asked.acr_values.includes(demoLevel))
      return decline("unmet_authentication_requirements", `only ${demoLevel} is given here`);
    return {
      result: "accepted",
      wish: {
        jti: claims.jti,
        expiresAt,
        state: asked.state,
        nonce: asked.nonce,
        means: asked.ftn_idp_id === undefined ? null : findMeans(asked.ftn_idp_id),
        service: asked.ftn_spname ?? new URL(addresses.client.redirectUri).host,
        codeChallenge: asked.code_challenge ?? null,
        languages: asked.ui_locales,
      },
    };
  };
}

const refused = (reason: Refusal): Reading => ({ result: "refused", reason });

/** Where the browser takes an answer. `iss` says whose it is (RFC 9207). */
export function answerUrl(
  { issuer, client }: BankAddresses,
  state: string | null,
  answer: Readonly<Record<string, string>>,
): string {
  const url = new URL(client.redirectUri);
  for (const [name, value] of Object.entries({ ...answer, ...(state !== null && { state }), iss: issuer }))
    url.searchParams.set(name, value);
  return url.href;
}
