import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from "jose";
import type { Answer, World } from "./world.ts";

/** Entra ID's token endpoint for one application: it checks assertions as RFC 7523 and Entra ID's page on certificates say. */
export function makeTokenEndpoint(world: World) {
  const secret = randomBytes(32);
  const seen = new Set<string>();
  let generation = 0;

  const refuse = (code: string, why: string): Answer => ({
    status: 401,
    body: { error: "invalid_client", error_description: `AADSTS${code}: ${why}`, error_codes: [Number(code)] },
  });

  async function judge(form: URLSearchParams): Promise<string | null> {
    const { clientId, clock } = world;
    const jwt = form.get("client_assertion") ?? "";
    const audience = `${world.url()}/${world.tenantId}/oauth2/v2.0/token`;
    const certificate = new X509Certificate(world.certificate);
    const thumbprint = createHash("sha256").update(certificate.raw).digest("base64url");
    if (form.get("grant_type") !== "client_credentials") return "grant_type";
    if (form.get("client_id") !== clientId) return "client_id";
    if (form.get("scope") !== `${world.url()}/.default`) return "scope";
    if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") return "type";
    try {
      if (decodeProtectedHeader(jwt)["x5t#S256"] !== thumbprint) return "x5t#S256";
      const { payload } = await jwtVerify(jwt, certificate.publicKey, {
        algorithms: ["PS256"],
        typ: "JWT",
        issuer: clientId,
        subject: clientId,
        audience,
        requiredClaims: ["exp", "nbf", "iat", "jti"],
        currentDate: clock.now(),
        clockTolerance: 300,
      });
      if ((payload.exp ?? 0) * 1000 > clock.now().getTime() + 900_000) return "exp";
      if (typeof payload.jti !== "string" || seen.has(payload.jti)) return "jti";
      seen.add(payload.jti);
      return certificate.validToDate > clock.now() ? null : "certificate";
    } catch (error) {
      if (error instanceof errors.JOSEError) return error.code;
      throw error;
    }
  }

  return {
    async grant(form: URLSearchParams): Promise<Answer> {
      const wrong = await judge(form);
      if (wrong !== null) return refuse("700027", `Client assertion failed: ${wrong}.`);
      const now = world.clock.now();
      const token = await new SignJWT({ roles: [...world.permissions], tid: world.tenantId, generation })
        .setProtectedHeader({ alg: "HS256" })
        .setIssuedAt(now)
        .setExpirationTime(new Date(now.getTime() + 3_600_000))
        .sign(secret);
      return { status: 200, body: { token_type: "Bearer", expires_in: 3599, access_token: token } };
    },
    /** The permissions of a token that is good now; null for any other. */
    async read(authorization: string | undefined): Promise<readonly string[] | null> {
      try {
        const { payload } = await jwtVerify((authorization ?? "").replace(/^Bearer /u, ""), secret, {
          currentDate: world.clock.now(),
        });
        // The double itself has made it.
        return payload.generation === generation ? (payload.roles as string[]) : null;
      } catch {
        return null;
      }
    },
    /** No token that was given until now is good any more. */
    expire: () => {
      generation += 1;
    },
  };
}
