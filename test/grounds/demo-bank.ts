import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { exportJWK, SignJWT } from "jose";
import { type BankDeps, bankRegistration, bankRoutes } from "../../src/features/demo/bank/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { minutes, plus } from "../../src/kernel/time.ts";
import { openDatabase } from "../../src/platform/database/index.ts";
import { makeHttp } from "../../src/platform/http/index.ts";
import { makeLog } from "../../src/platform/log/index.ts";
import { assetRoutes } from "../../src/platform/pages/index.ts";
import { makeKeyring } from "../../src/platform/seal/index.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import { systemRandom as random } from "../../src/ports/random.ts";
import { testDatabase } from "../harness/database.ts";
import { freePort } from "../harness/free-port.ts";

export type DemoBankGround = Awaited<ReturnType<typeof openDemoBank>>;

export const clientId = "vahva-demo";
const loatest2 = "http://ftn.ficora.fi/2017/loatest2";

const rsa = (): KeyObject => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

type Claims = Readonly<Record<string, unknown>>;

/** The demo bank alone, before a relying party that can be told to be wrong: `sign`, `address` and `form` make what it sends. */
export async function openDemoBank() {
  const scratch = await testDatabase();
  const database = openDatabase(scratch.url);
  const clock = fakeClock();
  const keyring = makeKeyring([new Secret("a secret of the demo bank's tests, for nothing else")]);
  const shared = { db: database.db, clock, keyring, random };
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const issuer = `${publicUrl}/demo/bank`;
  const redirectUri = `${publicUrl}/eid/demo-bank/callback`;
  const keys = { entity: rsa(), sig: rsa(), enc: rsa() };
  const switches = { published: true };

  /** A JWT of the relying party's; `by` another key, or under another `kid` or algorithm, for the wrong ones. */
  async function sign(claims: Claims, { by = keys.sig, kid = "sig", typ = "JWT" } = {}): Promise<string> {
    return new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", typ, kid }).sign(by);
  }
  const jwk = async (key: KeyObject, use: "sig" | "enc", kid: string) => {
    const { kty, n, e } = await exportJWK(key);
    return { kty, n, e, use, kid };
  };
  const inTenMinutes = () => Math.floor(plus(clock.now(), minutes(10)).getTime() / 1000);

  const request = (more: Claims = {}): Claims => ({
    iss: clientId,
    aud: issuer,
    client_id: clientId,
    response_type: "code",
    scope: "openid",
    redirect_uri: redirectUri,
    acr_values: loatest2,
    max_age: "0",
    ftn_spname: "Havula Energia",
    state: random.id(),
    nonce: random.id(),
    jti: random.id(),
    exp: inTenMinutes(),
    ...more,
  });
  const assertion = (more: Claims = {}): Claims => ({
    iss: clientId,
    sub: clientId,
    aud: `${issuer}/token`,
    jti: random.id(),
    exp: inTenMinutes(),
    ...more,
  });

  const open: ReturnType<typeof makeHttp>[] = [];
  /** Another process at the same address and database, or the first one. */
  async function startNode(at: number): Promise<string> {
    const log = makeLog("error");
    const http = makeHttp({ ...shared, publicUrl, demo: true, trustedProxies: [], tls: null, log });
    const deps: BankDeps = { ...shared, http };
    bankRoutes(http.app, deps);
    assetRoutes(http.app);
    http.app.get("/.well-known/openid-federation", async (_request, reply) => {
      if (!switches.published) return reply.code(503).send();
      const statement = {
        iss: publicUrl,
        sub: publicUrl,
        exp: inTenMinutes(),
        jwks: { keys: [await jwk(keys.entity, "sig", "entity")] },
        metadata: { openid_relying_party: { signed_jwks_uri: `${publicUrl}/eid/jwks.jwt` } },
      };
      return sign(statement, { by: keys.entity, kid: "entity", typ: "entity-statement+jwt" });
    });
    http.app.get("/eid/jwks.jwt", async () => {
      const set = { iss: publicUrl, keys: [await jwk(keys.enc, "enc", "enc"), await jwk(keys.sig, "sig", "sig")] };
      return sign(set, { by: keys.entity, kid: "entity", typ: "jwk-set+jwt" });
    });
    http.app.get("/eid/demo-bank/callback", async (_request, reply) => reply.type("text/html").send("<h1>Back</h1>"));
    await http.app.listen({ port: at });
    open.push(http);
    return `http://localhost:${at}`;
  }
  await startNode(port);

  return {
    ...shared,
    publicUrl,
    issuer,
    redirectUri,
    keys,
    switches,
    sign,
    request,
    assertion,
    query: (text: string) => database.pool.query(text),
    registration: () => bankRegistration({ ...shared, publicUrl }),
    startNode: async () => startNode(await freePort()),
    /** The address that a browser is sent to with a signed request. */
    address: (jwt: string, client = clientId) =>
      `${issuer}/authorize?${new URLSearchParams({ client_id: client, request: jwt })}`,
    /** The body of a token request. */
    form: async (code: string, more: Readonly<Record<string, string>> = {}) => ({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await sign(assertion()),
      ...more,
    }),
    close: async () => {
      await Promise.all(open.map(({ app }) => app.close()));
      await database.close();
      await scratch.drop();
    },
  };
}
