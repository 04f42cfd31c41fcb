import { minutes } from "../../kernel/time.ts";
import type { BrokerContext, Sent } from "../../ports/identity-broker.ts";
import { exchange, parseObject } from "./exchange.ts";
import { audienceOf, signOnce } from "./our-signing.ts";
import type { Endpoints } from "./profiles.ts";
import type { Setup } from "./setup.ts";
import { BrokerTrouble, type Refused, refused } from "./trouble.ts";

/** Errors of the token endpoint that are about us, not about this code (RFC 6749 §5.2). */
const aboutUs = new Set(["invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"]);

/**
 * Gives the code for an ID token. Asked once only: whether a code was spent by a request that failed half-way nobody knows,
 * and a code that comes twice looks like a theft to the broker. Throws `BrokerTrouble`.
 */
export async function redeemCode(
  code: string,
  verifier: string | null,
  {
    setup,
    context,
    secret,
    endpoints,
    now,
    signal,
  }: {
    setup: Setup;
    context: BrokerContext;
    secret: string | null;
    endpoints: Endpoints;
    now: Sent["now"];
    signal: AbortSignal;
  },
): Promise<Readonly<{ idToken: string }> | Refused> {
  const form = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: context.callbackUrl });
  if (verifier !== null) form.set("code_verifier", verifier);
  const headers = new Headers({ accept: "application/json" });
  await authenticate({ form, headers, setup, context, secret, endpoints, now });
  const reply = await exchange(endpoints.token, { method: "POST", headers, body: form }, signal);
  if (reply.status === 200) {
    const { id_token: idToken } = parseObject(reply.body);
    if (typeof idToken !== "string") throw new BrokerTrouble("answer-unreadable");
    return { idToken };
  }
  if (reply.status === 401 || reply.status === 403) throw new BrokerTrouble("broker-refused-us");
  if (reply.status !== 400) throw new BrokerTrouble("broker-error");
  const { error } = parseObject(reply.body);
  if (typeof error === "string" && aboutUs.has(error)) throw new BrokerTrouble("broker-refused-us");
  return refused("code-refused");
}

/** Says who we are, in the way that this broker takes. */
async function authenticate({
  form,
  headers,
  setup: { profile, clientId, issuer },
  context,
  secret,
  endpoints,
  now,
}: {
  form: URLSearchParams;
  headers: Headers;
  setup: Setup;
  context: BrokerContext;
  secret: string | null;
  endpoints: Endpoints;
  now: Sent["now"];
}): Promise<void> {
  if (profile.clientAuthentication === "private_key_jwt") {
    const assertion = await signOnce(
      { iss: clientId, sub: clientId, aud: audienceOf(profile.assertionAudience, issuer, endpoints) },
      { key: await context.keys.signing(), type: "JWT", lifetime: minutes(5), now },
    );
    form.set("client_id", clientId);
    form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    form.set("client_assertion", assertion);
    return;
  }
  if (secret === null) throw new BrokerTrouble("no-client-secret");
  if (profile.clientAuthentication === "client_secret_post") {
    form.set("client_id", clientId);
    form.set("client_secret", secret);
    return;
  }
  // RFC 6749 §2.3.1: both are form-encoded before they are joined.
  const pair = `${encodeForm(clientId)}:${encodeForm(secret)}`;
  headers.set("authorization", `Basic ${Buffer.from(pair).toString("base64")}`);
}

const encodeForm = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);
