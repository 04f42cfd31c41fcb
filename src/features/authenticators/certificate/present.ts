import { plus } from "../../../kernel/time.ts";
import { type Cards, type CertificateDeps, codeHash, codeLifetime, pathHash } from "./certificate-deps.ts";
import { findPath, saveShown, takePath } from "./handover-store.ts";
import { makeSeals } from "./seals.ts";

/** What came with a request to a one-time path: the certificate whose key the browser has, if any. */
export type Presented = Readonly<{ path: string; der: Uint8Array | null; vouched: boolean }>;

export type Handed =
  /** On with this code, to be used in a minute by the browser that left. */
  | Readonly<{ to: "return"; code: string }>
  /** The path was used before or is too old: on to where it was made. */
  | Readonly<{ to: "journey"; id: string }>
  | Readonly<{ to: "test" }>
  /** There never was such a path. */
  | Readonly<{ to: "nowhere" }>;

/**
 * Receives a certificate on the card listener: the path is used up, once, then the certificate judged, and the judgement
 * kept sealed under a one-time code. Nothing here knows of accounts; nobody is signed in by it.
 */
export const makePresent = (deps: CertificateDeps & { cards: Cards }) => {
  const { db, clock, random, keyring, cards } = deps;
  const seals = makeSeals(keyring);
  return async ({ path, der, vouched }: Presented): Promise<Handed> => {
    const hash = pathHash(deps, path);
    if (!(await takePath(db, hash, clock.now()))) {
      const known = await findPath(db, hash);
      if (!known) return { to: "nowhere" };
      return known.journeyId === null ? { to: "test" } : { to: "journey", id: known.journeyId };
    }
    const report = der && (await cards.checker.check(der, clock.now()));
    const code = random.bytes(32).toString("base64url");
    await saveShown(db, {
      pathHash: hash,
      codeHash: codeHash(deps, code),
      shown: seals.sealShown(hash, { report, vouched }),
      until: plus(clock.now(), codeLifetime),
    });
    return { to: "return", code };
  };
};
