type Addresses = Readonly<{
  type: "web" | "native" | "spa";
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  jwksUri?: string | undefined;
  sectorIdentifierUri?: string | undefined;
  backchannelLogoutUri?: string | undefined;
  initiateLoginUri?: string | undefined;
  homeUrl?: string | undefined;
}>;

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** `com.example.app:/callback`: a scheme of the application's own, by its reversed domain (RFC 8252 §7.1). */
const privateScheme = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/;

const isWeb = (url: URL) => url.protocol === "https:" || (url.protocol === "http:" && loopback.test(url.hostname));

/** What is wrong with a redirect address, in words; null when nothing is. */
function problemOfRedirect(text: string, type: Addresses["type"]): string | null {
  const url = URL.parse(text);
  if (!url) return `${text} is not an address`;
  if (/[\s\\*#]/.test(text)) return `${text} must not contain spaces, backslashes, wildcards or a fragment`;
  if (url.username || url.password) return `${text} must not contain a user name`;
  if (isWeb(url)) return null;
  if (type === "native" && privateScheme.test(url.protocol)) return null;
  return `${text} must be https (http only on this very machine${type === "native" ? ", or a scheme like com.example.app" : ""})`;
}

function problemOfWeb(text: string, { secure = false } = {}): string | null {
  const url = URL.parse(text);
  if (!url || !(secure ? url.protocol === "https:" : isWeb(url)) || url.username || url.hash)
    return `${text} must be an https address`;
  return null;
}

/** Everything wrong with an application's addresses (APP-2). */
export function* problemsOfAddresses(settings: Addresses): Generator<{ path: keyof Addresses; message: string }> {
  for (const path of ["redirectUris", "postLogoutRedirectUris"] as const)
    for (const text of settings[path]) {
      const message = problemOfRedirect(text, settings.type);
      if (message) yield { path, message };
    }
  for (const path of [
    "jwksUri",
    "backchannelLogoutUri",
    "initiateLoginUri",
    "homeUrl",
    "sectorIdentifierUri",
  ] as const) {
    const text = settings[path];
    const message = text === undefined ? null : problemOfWeb(text, { secure: path === "sectorIdentifierUri" });
    if (message) yield { path, message };
  }
}
