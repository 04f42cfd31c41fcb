import { readdirSync } from "node:fs";
import { join } from "node:path";
import { makeCertificateChecking } from "./adapters/certificate-check/index.ts";
import type { Composed } from "./compose.ts";
import type { Config } from "./config.ts";
import type { CardFront, Cards, CertificateRoom } from "./features/authenticators/certificate/index.ts";
import { PlainError } from "./kernel/plain-error.ts";
import { minutes } from "./kernel/time.ts";
import type { CardAuthority } from "./ports/certificate-checker.ts";
import { readFileOf } from "./setting.ts";

/** Certificate cards as the configuration has them; null where it has none. Throws a `PlainError` that says what is wrong. */
export function makeCards({ cards }: Config): Cards | null {
  if (!cards) return null;
  const checking = makeCertificateChecking();
  const authorities = readAuthorities(cards.authorities, checking.parse);
  return {
    checker: checking.connect(authorities),
    address: cards.url.replace(/\/$/, "").toLowerCase(),
    comparing: new Set(authorities.filter((each) => each.comparesOrganisation).map(({ name }) => name)),
  };
}

/** Each JSON file of the folder, named by the file; `issuers` and `chain` may name files beside it. */
function readAuthorities(
  folder: string,
  parse: ReturnType<typeof makeCertificateChecking>["parse"],
): readonly CardAuthority[] {
  const names = list(folder).filter((name) => name.endsWith(".json"));
  if (names.length === 0) throw new PlainError(`VAHVA_CARD_AUTHORITIES: there is no .json file in ${folder}.`);
  return names.toSorted().map((file) => {
    const path = join(folder, file);
    const given = { name: file.slice(0, -".json".length), ...readJson(path) };
    const inlined = Object.entries(given).map(([key, value]) => [
      key,
      isFile(key, value) ? read(join(folder, value)) : value,
    ]);
    const parsed = parse(Object.fromEntries(inlined));
    if ("authority" in parsed) return parsed.authority;
    const problems = parsed.problems.map(({ field, says }) => `${field}: ${says}`);
    throw new PlainError(`VAHVA_CARD_AUTHORITIES: ${path} can't be used.\n  ${problems.join("\n  ")}`);
  });
}

/** The name of a file, not the certificates themselves. */
const isFile = (key: string, value: unknown): value is string =>
  (key === "issuers" || key === "chain") && typeof value === "string" && /^[\w.-]+$/.test(value);

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new PlainError(`VAHVA_CARD_AUTHORITIES: the folder ${folder} can't be read.`);
  }
}

const read = (path: string): string => readFileOf("VAHVA_CARD_AUTHORITIES", path);

function readJson(path: string): object {
  try {
    const given: unknown = JSON.parse(read(path));
    if (typeof given === "object" && given !== null && !Array.isArray(given)) return given;
  } catch (error) {
    if (error instanceof PlainError) throw error;
  }
  throw new PlainError(`VAHVA_CARD_AUTHORITIES: ${path} does not hold a JSON object.`);
}

/** Who stands at the card listener's door. */
export function cardFront({ header, certFile, keyFile }: NonNullable<Config["cards"]>): CardFront {
  if (header) return { is: "proxy", ...header };
  const cert = readFileOf("VAHVA_CARD_TLS_CERT_FILE", certFile ?? "");
  return { is: "tls", cert, key: readFileOf("VAHVA_CARD_TLS_KEY_FILE", keyFile ?? "") };
}

/**
 * Opens the card listener, and reads the revocation lists as they fall due: each node keeps its own. Null where there are
 * no cards.
 */
export async function openCards(room: CertificateRoom, composed: Composed): Promise<{ close(): Promise<void> } | null> {
  const { config } = composed;
  const listener =
    config.cards &&
    room.listener({ log: composed.logger, front: cardFront(config.cards), publicUrl: config.publicUrl });
  if (!config.cards || !listener) return null;
  const { port } = config.cards;
  const { server, end } = listener;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      const taken = `Port ${port} is taken by another program. Stop it, or choose another with VAHVA_CARD_PORT.`;
      reject(error.code === "EADDRINUSE" ? new PlainError(taken) : error);
    });
    server.listen({ port, host: config.http.host }, resolve);
  });
  void room.refresh();
  const timer = setInterval(room.refresh, minutes(1)).unref();
  return {
    close: async () => {
      clearInterval(timer);
      await end();
    },
  };
}
