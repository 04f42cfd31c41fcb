// A node that carries what directories have to be told, notes how far it is, says so on stdout, and goes no further:
// for a test that kills it there. It is given the database's address.
import process from "node:process";
import { makeAudit } from "../../src/features/audit/index.ts";
import { makeDirectories } from "../../src/features/directories/index.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { openDatabase } from "../../src/platform/database/index.ts";
import { makeKeyring } from "../../src/platform/seal/index.ts";
import { fakeClock } from "../../src/ports/clock.ts";
import { fakeDirectoryKind } from "../../src/ports/directory.ts";
import { systemRandom as random } from "../../src/ports/random.ts";

const [url = "", secret = ""] = process.argv.slice(2);
const { db } = openDatabase(url);
const clock = fakeClock();
const keyring = makeKeyring([new Secret(secret)]);
const kind = fakeDirectoryKind(async ({ hand, subject }) => {
  await hand.remember(`begun: ${subject.accountId}`, { removed: 1, of: 3 });
  process.stdout.write(`${subject.accountId}\n`);
  return new Promise(() => {});
});
makeDirectories({
  ...{ db, clock, random, keyring },
  audit: makeAudit({ clock, random, keyring }),
  messages: { enqueue: async () => {} },
  kinds: [kind],
  context: { publicUrl: "https://login.example" },
  operatorEmail: null,
}).start();
