import type { Db, Tx } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Audit } from "../audit/index.ts";
import type { Brokers, Identities } from "../authenticators/eid/index.ts";
import type { Cases } from "../cases/index.ts";
import type { Directories } from "../directories/index.ts";
import type { Method } from "../journey/index.ts";
import type { Messages } from "../messages/index.ts";

export type RecoveryDeps = Readonly<{
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "hash">;
  audit: Audit;
  messages: Messages;
  identities: Identities;
  brokers: Brokers;
  /** Whether the service of that name may be used, at the moment that decides. */
  isOpen(tx: Tx, broker: string): Promise<boolean>;
  directories: Pick<Directories, "tell">;
  cases: Cases;
  methods: readonly Method[];
  publicUrl: string;
}>;
