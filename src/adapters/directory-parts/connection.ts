/** Where the server is, and how its certificate's authority is made known to us, in the words of the settings. */
type Place = Readonly<{ what: string; address: string; authority: string }>;

/** What an error of the network means, by its code, and what to do. The error's own words may hold addresses. */
const meanings: readonly (readonly [code: RegExp, says: (place: Place) => string])[] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/u, ({ address }) => `its name is not known; correct ${address}, or see the name service`],
  [/^ECONNREFUSED$/u, ({ address }) => `nothing listens at this port; correct ${address}, or see whether it runs`],
  [/^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/u, () => "see the network, and its firewalls"],
  [/^CERT_HAS_EXPIRED$/u, () => "its certificate has expired; have it renewed there"],
  [/^CERT_NOT_YET_VALID$/u, () => "its certificate is not valid yet; see the clocks of both"],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/u,
    ({ address }) => `its certificate is for another name; correct ${address}, or the certificate`,
  ],
  [/^(EPROTO|ERR_SSL_.*)$/u, ({ address }) => `it speaks no TLS at this port, or an old one; correct ${address}`],
  [/CERT|UNABLE_TO/u, ({ authority }) => `its certificate is not trusted; ${authority}`],
];

/** Why there is no connection. `code`, such as `ENOTFOUND`, is empty where there is none. */
export function noConnection(code: string, place: Place): string {
  const name = /^[A-Z][A-Z0-9_]+$/u.test(code) ? code : "";
  const [, says] = meanings.find(([pattern]) => pattern.test(name)) ?? [];
  const meaning = says ?? (({ address }: Place) => `it broke off; see the network, and the port of ${address}`);
  return `No connection to ${place.what}${name && ` (${name})`}: ${meaning(place)}.`;
}

/** The code of what went wrong with a `fetch`. */
export function codeOfFetch(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
}

/** How a private authority's certificate is made known where it is no setting. */
export const authorityOfNode = "give the file of its authority's certificate to Vahva as NODE_EXTRA_CA_CERTS";
