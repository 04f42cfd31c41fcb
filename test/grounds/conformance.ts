import assert from "node:assert/strict";
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";
import type { Agent, Answer } from "../harness/browser-agent.ts";
import {
  authorizeUrl,
  type Client,
  codeOf,
  exchange,
  openProvider,
  signInTo,
  type Tokens,
  type Wish,
} from "./provider-ground.ts";

// The modules of the OpenID Foundation's conformance suite, which itself needs Java and MongoDB, by their names: the
// plans Basic OP, Config OP, RP-Initiated Logout OP and Back-Channel Logout OP.

/** What is tested: a running service, and ways to sign in and to register that are its own. */
export type Subject = {
  origin: string;
  accountId: string;
  agent(): Agent;
  register(settings?: object): Promise<Client>;
  /** From an authorization request to the application's redirect, signing in where the service asks for it. */
  signIn(agent: Agent, url: string): Promise<Answer>;
  close(): Promise<void>;
};

async function openSubject(): Promise<Subject> {
  const ground = await openProvider();
  return { ...ground, signIn: (agent, url) => signInTo(agent, url, ground.accountId) };
}

const withoutPkce = { code_challenge: "", code_challenge_method: "" };

export type Conformance = Awaited<ReturnType<typeof openConformance>>;

/** The service under test, an application at it as the suite's own is (a code flow without PKCE), and the steps of its modules. */
export async function openConformance() {
  const op = await openSubject();
  const client = await op.register({ legacy: true });

  const request = (wish: Wish = {}, app = client) => authorizeUrl(app, "", { ...withoutPkce, ...wish });
  const authorize = (wish: Wish = {}, agent = op.agent(), app = client) => op.signIn(agent, request(wish, app));
  const redeem = (answer: Answer, app = client) => exchange(op.origin, app, codeOf(answer), "");

  async function verified(tokens: Tokens, app = client): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${op.origin}/jwks`));
    const options = { issuer: op.origin, audience: app.clientId };
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token ?? "", keys, options);
    assert.ok(protectedHeader.kid);
    return payload;
  }

  async function userinfo(tokens: Tokens, init: RequestInit = {}): Promise<Record<string, unknown>> {
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const response = await fetch(`${op.origin}/userinfo`, { headers, ...init });
    assert.equal(response.status, 200);
    return (await response.json()) as Record<string, unknown>;
  }

  return { ...op, client, request, authorize, redeem, verified, userinfo };
}

/** The error that an application is told in its redirect. */
export const errorOf = (answer: Answer) => new URL(answer.location ?? "about:blank").searchParams.get("error");
