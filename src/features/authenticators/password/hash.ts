import { availableParallelism } from "node:os";
import { hash as argonHash, verify as argonVerify, parseOptions } from "@node-rs/argon2";
import type { Secret } from "../../../kernel/secret.ts";
import type { Random } from "../../../ports/random.ts";
import { normalisePassword } from "./domain/fold.ts";
import { type GateState, makeGate } from "./gate.ts";

export type HasherOptions = {
  random: Random;
  /** Mixed into every hash and kept outside the database: a stolen backup can't be guessed at without it. */
  pepper?: Secret;
  /** argon2id: memory in KiB, passes, lanes. OWASP's first choice unless told otherwise. */
  cost?: Readonly<{ memory: number; passes: number; lanes: number }>;
  /** How many hashes run at once: the cores less one, unless told otherwise. */
  concurrency?: number;
  /** How many wait for their turn before the next is turned away; 200 unless told otherwise. */
  queue?: number;
};

export type Verified = "match" | "no-match" | "busy";

export type Hasher = {
  /** A hash to store (PHC string format), or `"busy"`. Throws for a password that `checkPassword` would call too long. */
  hash(password: string): Promise<{ hash: string } | "busy">;
  /** Whether the password is that of the hash. Throws for a hash that is none. */
  verify(hash: string, password: string): Promise<Verified>;
  /** The same work where there is no hash to compare with, so that an unknown user takes as long (SIN-3). */
  verifyNothing(password: string): Promise<Exclude<Verified, "match">>;
  /** Whether the hash was made at another cost than today's, to be made anew at the next right password. */
  needsRehash(hash: string): boolean;
  /** What `verifyNothing` compares with: no password is known that it fits. */
  nothing: string;
  /** For metrics. */
  state(): GateState;
};

/** argon2id = 2, version 0x13 = 19: the package's own names are const enums, which stripped types don't have. */
const argon2id = 2;
const owasp = { memory: 19_456, passes: 2, lanes: 1 } as const;
const hashBytes = 32;
/** Room for 256 code points however they normalise; anything longer never reaches the hash (T15). */
const longestInBytes = 8192;

/** Hashes passwords with argon2id behind a gate. The password is normalised (NFKC) here, and nothing else is done to it. */
export function makeHasher(options: HasherOptions): Hasher {
  const { random, pepper, cost = owasp } = options;
  const gate = makeGate({
    atOnce: options.concurrency ?? Math.max(1, availableParallelism() - 1),
    queue: options.queue ?? 200,
  });
  const keyed = pepper ? { secret: Buffer.from(pepper.reveal()) } : {};
  const algorithm = { algorithm: argon2id, memoryCost: cost.memory, timeCost: cost.passes, parallelism: cost.lanes };
  // Random bytes in the shape of a hash: no password is known that it fits, and verifying against it costs the same.
  const nothing = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.lanes}$${base64(random.bytes(16))}$${base64(random.bytes(hashBytes))}`;

  const verify = async (hash: string, password: string): Promise<Verified> => {
    const bytes = bytesOf(password);
    if (!bytes) return "no-match";
    const result = await gate.run(() => argonVerify(hash, bytes, keyed));
    return result === "busy" ? "busy" : result ? "match" : "no-match";
  };

  return {
    async hash(password) {
      const bytes = bytesOf(password);
      if (!bytes) throw new Error("a password too long to hash was not refused before");
      const salt = random.bytes(16);
      const result = await gate.run(() => argonHash(bytes, { ...algorithm, outputLen: hashBytes, salt, ...keyed }));
      return result === "busy" ? "busy" : { hash: result };
    },
    verify,
    async verifyNothing(password) {
      const result = await verify(nothing, password);
      return result === "busy" ? "busy" : "no-match";
    },
    needsRehash(hash) {
      const made = parseOptions(hash);
      return (
        made.algorithm !== argon2id ||
        made.memoryCost !== cost.memory ||
        made.timeCost !== cost.passes ||
        made.parallelism !== cost.lanes ||
        made.outputLen !== hashBytes
      );
    },
    nothing,
    state: gate.state,
  };
}

function bytesOf(password: string): Buffer | undefined {
  if (password.length > longestInBytes) return undefined;
  const bytes = Buffer.from(normalisePassword(password));
  return bytes.length <= longestInBytes ? bytes : undefined;
}

const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/u, "");
