import type { Trouble } from "./trouble.ts";
import type { World } from "./world.ts";

export type Document = Readonly<{ status: number; type: string; content: string }>;

/** What the broker publishes, by address: its keys, what it is, its means, its disturbances. Or how it fails to. */
export function makeDocuments(world: World) {
  const { surface, origin, keys, clientId, note, take } = world;
  const { paths } = surface;
  let disturbance: string | null = null;

  const json = (content: unknown): Document => ({
    status: 200,
    type: "application/json",
    content: JSON.stringify(content),
  });
  const jwt = (kind: string, content: string): Document => ({ status: 200, type: `application/${kind}+jwt`, content });

  const metadata = () => ({
    issuer: surface.issuer,
    authorization_endpoint: `${origin}${paths.authorize}`,
    token_endpoint: `${origin}${paths.token}`,
    ...(paths.jwks !== undefined && { jwks_uri: `${origin}${paths.jwks}` }),
    ...(paths.signedJwks !== undefined && { signed_jwks_uri: `${origin}${paths.signedJwks}` }),
    response_types_supported: ["code"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    ...(surface.encryption && {
      id_token_encryption_alg_values_supported: [surface.encryption.alg],
      id_token_encryption_enc_values_supported: [surface.encryption.enc],
    }),
    token_endpoint_auth_methods_supported: [world.clientSecret === null ? "private_key_jwt" : "client_secret_basic"],
    token_endpoint_auth_signing_alg_values_supported: ["RS256"],
    request_parameter_supported: surface.beside !== null,
    require_signed_request_object: surface.beside !== null,
    code_challenge_methods_supported: ["S256", "plain"],
    authorization_response_iss_parameter_supported: surface.namesIssuer,
  });

  let statement: Promise<string> | undefined;
  const entityStatement = () => {
    statement ??= keys.entityStatement(origin, metadata());
    return statement;
  };

  /** Three languages in one line; nothing when all is well. */
  const maintenanceLine = () => (disturbance === null ? "" : `${disturbance}|${disturbance}|${disturbance}`);

  const selector = (language: string | null) => ({
    identityProviders: Object.keys(surface.means).map((id) => ({
      name: id.replace("fi-", "").toUpperCase(),
      imageUrl: `${origin}/images/${id}.svg`,
      ftn_idp_id: id,
    })),
    isbProviderInfo: `OP Tunnistuksen välityspalvelu (${language})`,
    isbConsent: "Jatkamalla tunnistautumista henkilötietosi välitetään palveluntarjoajalle.",
    privacyNoticeText: "Tietosuojaseloste",
    privacyNoticeLink: `${origin}/privacy`,
    ...(disturbance !== null && { disturbanceInfo: { header: "Häiriö", text: disturbance } }),
  });

  const documents = async (at: URL): Promise<Document | Trouble> => {
    const is = (path: string | undefined) => path !== undefined && at.pathname === path;
    if (is(paths.signedJwks) || is(paths.jwks)) {
      note({ at: "keys", refused: null });
      const how = take("keys");
      if (how && how !== "by-a-stranger" && how !== "expired") return how;
      if (is(paths.jwks)) return json(keys.set());
      return jwt("jwk-set", await keys.signedSet(origin, surface.signedJwksType, how));
    }
    if (is(paths.entityStatement)) {
      note({ at: "statement", refused: null });
      return jwt("entity-statement", await entityStatement());
    }
    if (paths.discovery?.includes(at.pathname)) {
      note({ at: "discovery", refused: null });
      const how = take("discovery");
      if (how && how !== "other-issuer") return how;
      return json({ ...metadata(), ...(how && { issuer: "https://another-broker.example" }) });
    }
    if (is(paths.maintenance)) {
      note({ at: "maintenance", refused: null });
      return take("maintenance") ?? { status: 200, type: "text/plain; charset=utf-8", content: maintenanceLine() };
    }
    if (is(paths.selector && `${paths.selector}${clientId}`)) {
      note({ at: "selector", refused: null });
      return take("selector") ?? json(selector(at.searchParams.get("lang")));
    }
    if (at.pathname.startsWith("/images/")) {
      const picture =
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3" fill="#06c"/></svg>';
      return { status: 200, type: "image/svg+xml", content: picture };
    }
    // Where forged tokens and redirects point to: nobody should ever come here.
    if (at.pathname.startsWith("/elsewhere")) {
      note({ at: "elsewhere", refused: null });
      return json({ keys: [keys.stranger.jwk] });
    }
    return { status: 404, type: "text/plain", content: "nothing here" };
  };
  return Object.assign(documents, {
    entityStatement,
    announce: (sentence: string | null) => {
      disturbance = sentence;
    },
  });
}
