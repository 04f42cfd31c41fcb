import type { ApplicationRegistry, Registration } from "../../src/features/applications/index.ts";
import {
  authorizeUrl,
  type Client,
  callback,
  exchange,
  makePkce,
  type Tokens,
  type Wish,
} from "../grounds/provider-ground.ts";
import type { Visitor } from "../harness/agent.ts";
import { describe } from "../harness/agent.ts";

export const signedOutAddress = "https://app.example/signed-out";

/** An application with the usual settings, which `settings` replace. */
export async function registerApplication(
  { features }: { features: { applications: ApplicationRegistry } },
  settings: object = {},
  given: Partial<Registration> = {},
): Promise<Client> {
  const result = await features.applications.register(
    {
      organisationId: null,
      settings: {
        name: { en: "Wiki" },
        redirectUris: [callback],
        postLogoutRedirectUris: [signedOutAddress],
        grantTypes: ["authorization_code", "refresh_token"],
        scopes: ["openid", "profile", "email", "offline_access"],
        ...settings,
      },
      ...given,
    },
    { actor: "operator" },
  );
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result;
}

/** A code for the session of this browser, with what redeems it. */
export async function codeFor(visitor: Visitor, client: Client, wish: Wish = {}) {
  const { verifier, challenge } = makePkce();
  const page = await visitor.get(authorizeUrl(client, challenge, wish));
  const code = page.leadsTo && new URL(page.leadsTo).searchParams.get("code");
  if (!code) throw new Error(`no code: ${describe(page)}`);
  return { code, verifier };
}

/** Tokens for the session of this browser, redeemed at `origin`. */
export async function tokensFor(visitor: Visitor, client: Client, origin: string, wish: Wish = {}): Promise<Tokens> {
  const { code, verifier } = await codeFor(visitor, client, wish);
  const tokens = await exchange(origin, client, code, verifier);
  if (tokens.status !== 200) throw new Error(JSON.stringify(tokens));
  return tokens;
}
