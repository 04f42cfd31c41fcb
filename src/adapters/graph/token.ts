import { z } from "zod";
import { type Instant, minutes, plus, seconds } from "../../kernel/time.ts";
import { failed, later } from "../directory-parts/trouble.ts";
import { readCredentials, signAssertion } from "./credentials.ts";
import { exchange, type Reply } from "./exchange.ts";
import type { Settings } from "./settings.ts";

/** So that no token ends on its way. */
const margin = minutes(5);

export type Tokens = Readonly<{
  /** The access token, from memory while it is good; at once for all who ask at once. Throws `DirectoryTrouble`. */
  get(now: Instant): Promise<string>;
  /** Graph has refused `token`: it is fetched anew next time, unless that has happened already. */
  forget(token: string): void;
}>;

/** Access tokens by client credentials with a certificate. */
export function makeTokens(settings: Settings, secret: string | null): Tokens {
  let known: { token: string; until: Instant } | null = null;
  let fetching: Promise<string> | null = null;

  const renew = async (now: Instant): Promise<string> => {
    const { token, lasts } = await fetchToken(settings, secret, now);
    known = { token, until: plus(now, Math.max(lasts - margin, 0)) };
    return token;
  };

  return {
    get: async (now) => {
      if (known && known.until > now) return known.token;
      fetching ??= renew(now).finally(() => {
        fetching = null;
      });
      return fetching;
    },
    forget(token) {
      if (known?.token === token) known = null;
    },
  };
}

const granted = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

async function fetchToken(settings: Settings, secret: string | null, now: Instant) {
  const credentials = readCredentials(settings, secret);
  if ("wrong" in credentials) throw failed(credentials.wrong);
  const { tenantId, clientId, loginUrl, graphUrl } = settings;
  const endpoint = `${loginUrl}/${tenantId}/oauth2/v2.0/token`;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    scope: `${graphUrl}/.default`,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await signAssertion(credentials, clientId, endpoint, now),
  });
  // Those who wait for it together are not ended by one of them.
  const reply = await exchange(endpoint, { method: "POST", body }, AbortSignal.timeout(seconds(20)));
  const { success, data } = granted.safeParse(reply.body);
  if (reply.status === 200 && success) return { token: data.access_token, lasts: seconds(data.expires_in) };
  throw refusalOf(reply);
}

/** Entra ID's own codes (AADSTS…) say what is wrong; its words are not repeated. */
function refusalOf({ status, body, retryAfter }: Reply) {
  const code = /"AADSTS\d{4,9}\b/u.exec(JSON.stringify(body) ?? "")?.[0].slice(1);
  const says = `Entra ID gave no token (${[status, code].filter(Boolean).join(", ")})`;
  if (status >= 500 || status === 429 || status === 408) return later(`${says}.`, retryAfter);
  const todo = mendings[code?.slice("AADSTS".length) ?? ""];
  if (todo !== undefined) return failed(`${says}: ${todo}.`);
  return failed(
    `${says}: see loginUrl, tenantId, clientId, and whether the certificate is registered and still valid.`,
  );
}

/** What to do about the codes that a wrong setting brings about (Microsoft's list of AADSTS errors). */
const mendings: Readonly<Record<string, string>> = {
  "90002": "there is no such tenant in this cloud; correct tenantId, or loginUrl",
  "900023": "tenantId is none; correct it",
  "700016": "there is no such application in the tenant; correct clientId, or tenantId",
  "7000112": "the application is disabled in the tenant; enable it there",
  "700027": "the certificate is not registered with the application, or has ended; upload it there",
  "700024": "the clocks are apart; set the database server's by NTP",
  "500011": "graphUrl is not Graph in this cloud; correct it",
  "53003": "a policy of Conditional Access blocks the application; let it in from this machine's address",
};
