import type { Db } from "../../platform/database/index.ts";
import type { Keyring } from "../../platform/seal/index.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Audit, AuditReader } from "../audit/index.ts";
import type { Messages } from "../messages/index.ts";

export type CaseDeps = {
  db: Db;
  clock: Clock;
  random: Random;
  keyring: Pick<Keyring, "seal" | "open" | "hash">;
  audit: Audit & Pick<AuditReader, "findByReference">;
  messages: Pick<Messages, "enqueue">;
};
