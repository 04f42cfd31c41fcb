import { createHash } from "node:crypto";
import type { Caller } from "../measure/http.ts";
import type { Peer } from "../measure/peer.ts";

/** The application that asks, the same for every server; Vahva makes its id and secret up itself. */
export const callback = "https://app.example/callback";
export const scope = "openid profile email";
export const bareClient = { clientId: "bench", secret: "a-secret-of-43-characters-for-the-benchmark", callback };

/** The password of everybody in a benchmark. */
export const password = "kolme vihreää sammakkoa";

export type Client = { clientId: string; secret: string };

/** A server that is measured, and how an application and a person use it. */
export type Party = {
  name: string;
  peer: Peer;
  caller: Caller;
  client: Client;
  paths: { authorize: string; token: string; introspect: string };
  /** A person signs in, in a new browser; resolves to its cookies. */
  signIn(): Promise<string>;
  stop(): Promise<void>;
};

export const verifier = "a-verifier-that-is-the-same-for-all-saves-the-generator-work";
const challenge = createHash("sha256").update(verifier).digest("base64url");

/** The address of an authorization request. */
export function authorizePath({ client, paths }: Pick<Party, "client" | "paths">): string {
  const parameters = new URLSearchParams({
    client_id: client.clientId,
    response_type: "code",
    redirect_uri: callback,
    scope,
    state: "state-1",
    nonce: "nonce-1",
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  return `${paths.authorize}?${parameters}`;
}

export const basic = ({ clientId, secret }: Client) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString("base64")}`,
});
