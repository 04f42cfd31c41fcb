/** How reverse proxies hand over the certificate that a browser has shown to them. */
export const headerFormats = ["rfc9440", "nginx", "envoy", "traefik", "haproxy", "apache"] as const;
export type HeaderFormat = (typeof headerFormats)[number];

type Format = Readonly<{
  certificate: string;
  /** The header with the proxy's own verdict, and the verdict that vouches for the certificate. */
  verdict?: Readonly<{ name: string; good: string }>;
  read(value: string): Uint8Array | null;
}>;

const verifiedHeader = "x-ssl-client-verify";

const formats: Readonly<Record<HeaderFormat, Format>> = {
  // RFC 9440 §2.2: a structured field's byte sequence.
  rfc9440: { certificate: "client-cert", read: (value) => fromBase64(/^:([^:]+):$/.exec(value)?.[1]) },
  nginx: {
    certificate: "x-ssl-client-cert",
    verdict: { name: verifiedHeader, good: "SUCCESS" },
    read: (value) => fromPem(decoded(value)),
  },
  haproxy: {
    certificate: "x-ssl-client-cert",
    verdict: { name: verifiedHeader, good: "0" },
    read: fromBase64,
  },
  apache: {
    certificate: "x-ssl-client-cert",
    verdict: { name: verifiedHeader, good: "SUCCESS" },
    read: fromPem,
  },
  // The browser's own comes first, then those above it.
  traefik: {
    certificate: "x-forwarded-tls-client-cert",
    read: (value) => fromBase64(decoded(value)?.split(",")[0]),
  },
  envoy: { certificate: "x-forwarded-client-cert", read: fromEnvoy },
};

/** Every header by which one of the proxies hands a certificate over: it has no business on the public listener. */
export const certificateHeaders: readonly string[] = [
  ...new Set(Object.values(formats).map(({ certificate }) => certificate)),
  "client-cert-chain",
  verifiedHeader,
];

export type HandedOver =
  | Readonly<{ came: "certificate"; der: Uint8Array; vouched: boolean }>
  | Readonly<{ came: "none" }>
  /** Not as this kind of proxy writes it, or more than once. */
  | Readonly<{ came: "malformed" }>;

/** Reads what a proxy says of the browser's certificate. `raw` are the request's headers as they came: name, value, … */
export function readCertificateHeader(format: HeaderFormat, raw: readonly string[]): HandedOver {
  const { certificate, verdict, read } = formats[format];
  const values = valuesOf(raw, certificate);
  const verdicts = verdict ? valuesOf(raw, verdict.name) : [];
  if (values.length > 1 || verdicts.length > 1) return { came: "malformed" };
  const value = values[0]?.trim() ?? "";
  // Apache writes so what it does not have.
  if (value === "" || value === "(null)") return { came: "none" };
  const der = read(value);
  if (!der) return { came: "malformed" };
  return { came: "certificate", der, vouched: verdict === undefined || verdicts[0] === verdict.good };
}

const valuesOf = (raw: readonly string[], name: string): string[] =>
  raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === name);

/** Base64 and nothing else. */
function fromBase64(text: string | undefined): Uint8Array | null {
  const bare = text?.replace(/\s/g, "") ?? "";
  return /^[A-Za-z0-9+/]{64,}={0,2}$/.test(bare) ? Uint8Array.from(Buffer.from(bare, "base64")) : null;
}

/** One certificate, its lines folded in whatever way. */
function fromPem(text: string | null): Uint8Array | null {
  return fromBase64(/^\s*-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----\s*$/.exec(text ?? "")?.[1]);
}

/** `Hash=…;Cert="…";…`, of one hop only: what an outer hop says is what somebody may have sent to it. */
function fromEnvoy(value: string): Uint8Array | null {
  const quoted = /"(?:[^"\\]|\\.)*"/g;
  if (value.replace(quoted, "").includes(",")) return null;
  const given = [...value.matchAll(/(?:^|;)Cert="([^"]*)"/gi)];
  return given.length === 1 ? fromPem(decoded(given[0]?.[1] ?? "")) : null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
