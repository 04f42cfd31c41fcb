import { createHash } from "node:crypto";
import { minutes, plus } from "../../../kernel/time.ts";
import type { Random } from "../../../ports/random.ts";
import type { BankAddresses } from "./addresses.ts";
import type { Client } from "./client.ts";
import { codeExpiry, openCode } from "./code.ts";
import { makeIdToken } from "./id-token.ts";
import { bankKeys, type KeyDeps } from "./keys.ts";
import { demoPeople } from "./people.ts";
import { use } from "./store.ts";

/** The words of RFC 6749 §5.2. */
export type RedeemRefusal = "invalid_client" | "invalid_grant" | "invalid_request" | "unsupported_grant_type";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const longestLife = minutes(60);

/** Redeems a code for an ID token. `form` is the body of the token request (RFC 6749 §4.1.3, RFC 7523 §2.2). */
export function makeRedeem(deps: KeyDeps & { addresses: BankAddresses; client: Client; random: Random }) {
  const { addresses, client, db, clock, keyring, random } = deps;

  async function isClient(form: Readonly<Record<string, string>>): Promise<boolean> {
    if (form.client_assertion_type !== assertionType) return false;
    if (form.client_id !== undefined && form.client_id !== addresses.client.id) return false;
    const read = await client.read(form.client_assertion ?? "", addresses.token);
    if ("refused" in read) return false;
    const { sub, jti, exp } = read.claims;
    const now = clock.now();
    const until = new Date(exp * 1000);
    if (sub !== addresses.client.id || until > plus(now, longestLife)) return false;
    // Believed for a while longer than it says, so the mark stays as long.
    return use(db, "assertion", jti, { until: plus(until, minutes(2)), now });
  }

  return async (form: Readonly<Record<string, string>>) => {
    const refuse = (error: RedeemRefusal) => ({ error });
    if (!(await isClient(form))) return refuse("invalid_client");
    if (form.grant_type !== "authorization_code") return refuse("unsupported_grant_type");
    if (form.code === undefined || form.redirect_uri === undefined) return refuse("invalid_request");

    const now = clock.now();
    const ticket = openCode(keyring, form.code, now);
    const person = demoPeople.find(({ id }) => id === ticket?.person);
    if (!ticket || !person || form.redirect_uri !== addresses.client.redirectUri) return refuse("invalid_grant");
    if (ticket.codeChallenge !== null && ticket.codeChallenge !== challengeOf(form.code_verifier ?? ""))
      return refuse("invalid_grant");
    // By what is sealed, not by the text: base64 writes the same bytes in more than one way.
    if (!(await use(db, "code", ticket.jti, { until: codeExpiry(ticket), now }))) return refuse("invalid_grant");

    const encryption = await client.encryptionKey();
    if (!encryption) return refuse("invalid_client");
    const { signing } = await bankKeys({ db, clock, keyring });
    const id = () => random.bytes(16).toString("base64url");
    const idToken = await makeIdToken({ addresses, ticket, person, sub: id(), signing, encryption, now });
    return { access_token: id(), token_type: "Bearer", expires_in: 600, scope: "openid", id_token: idToken };
  };
}

/** RFC 7636 §4.6 */
const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");
