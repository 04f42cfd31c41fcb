import { between, type Instant, minutes } from "../../kernel/time.ts";
import type { Db, Listen } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { StoredKey } from "./key-store.ts";
import { inOrderOfUse, makeSigningKeys } from "./signing-keys.ts";

type Deps = {
  db: Db;
  keyring: Keyring;
  clock: Clock;
  random: Random;
  listen: Listen;
  log: { error(fields: object, message: string): void };
};

/** Node's timers count no further than 24 days; this is often enough to look what comes next. */
const longestWait = minutes(60);

/**
 * What is `made` of the signing keys, made anew whenever they change: by a notice of the database, and when the time
 * comes that a published key begins to sign or an old one is withdrawn. Requests under way keep what they began with.
 */
export async function keepKeys<T>(deps: Deps, make: (keys: readonly StoredKey[]) => T) {
  const { clock, listen, log } = deps;
  let signature = "";
  let made: T;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<T> => {
    const now = clock.now();
    const keys = inOrderOfUse(await makeSigningKeys(deps), now);
    const seen = keys.map(({ kid }) => kid).join(" ");
    if (seen !== signature) made = make(keys);
    signature = seen;
    wait(keys, now);
    return made;
  };
  const again = () => {
    look().catch((error: unknown) => {
      log.error({ err: error }, "the signing keys could not be read");
      wait([], clock.now());
    });
  };
  const wait = (keys: readonly StoredKey[], now: Instant) => {
    const moments = keys.flatMap(({ signsFrom, retiredAt }) => [signsFrom, ...(retiredAt ? [retiredAt] : [])]);
    const waits = moments.map((moment) => between(now, moment)).filter((length) => length > 0);
    clearTimeout(timer);
    timer = setTimeout(again, Math.min(longestWait, ...waits.map((length) => length + 100))).unref();
  };

  made = await look();
  const heard = listen("vahva_signing_key", again);
  return {
    current: (): T => made,
    stop: async (): Promise<void> => {
      clearTimeout(timer);
      await heard.stop();
    },
  };
}
