import assert from "node:assert/strict";
import { makeIdentityBrokers } from "../../src/brokers.ts";
import type { Context } from "../../src/cli/context.ts";
import type { Io } from "../../src/cli/io.ts";
import { main } from "../../src/cli/main.ts";
import { loadConfig } from "../../src/config.ts";
import { makeThawAccount } from "../../src/features/account/index.ts";
import { makeImport, makeInvite, makeRevoke, makeSendAgain } from "../../src/features/activation/index.ts";
import { applicationRegistry } from "../../src/features/applications/index.ts";
import { makeImportTokens } from "../../src/features/authenticators/totp/index.ts";
import { makeCases } from "../../src/features/cases/index.ts";
import { makeChangeOrganisation, makeCreateOrganisation } from "../../src/features/organisations/index.ts";
import { support } from "../../src/features/support/index.ts";
import { PlainError } from "../../src/kernel/plain-error.ts";
import type { Ground } from "./inviting.ts";

/** The service's parts over the ground's database, as commands are given them. */
export function contextOf(ground: Ground, env: Io["env"] = {}): Context {
  const config = loadConfig(env);
  const { deps } = ground;
  return {
    config,
    db: ground.db,
    clock: ground.clock,
    features: {
      organisations: {
        createOrganisation: makeCreateOrganisation({ ...deps, methods: ["eid", "totp"] }),
        changeOrganisation: makeChangeOrganisation({ ...deps, methods: ["eid", "totp"] }),
      },
      inviting: {
        invite: makeInvite(deps),
        importPeople: makeImport(deps),
        sendAgain: makeSendAgain(deps),
        revoke: makeRevoke(deps),
      },
      accounts: { thaw: makeThawAccount(deps) },
      tokens: { importTokens: makeImportTokens(deps) },
      applications: applicationRegistry(deps),
      identityBrokers: makeIdentityBrokers(config, { ...deps, onNotErased: () => {} }),
      directories: deps.directories,
      support: support(deps),
      cases: makeCases(deps),
      audit: ground.audit,
      messages: deps.messages,
    },
    close: async () => {},
  };
}

/** Runs commands against the ground; what they open, they have to close. */
export const makeRun =
  (ground: () => Ground) =>
  async (argv: readonly string[], { env = {}, stdin = "" }: { env?: Io["env"]; stdin?: string } = {}) => {
    const said: string[] = [];
    const printed: string[] = [];
    let opened = 0;
    const close = async () => {
      opened -= 1;
    };
    const io: Io = {
      env,
      print: (text) => void printed.push(text),
      say: (line) => void said.push(line),
      progress: () => {},
      stdin: (async function* () {
        yield Buffer.from(stdin);
      })(),
      composition: async () => ({
        compose: async () => {
          opened += 1;
          return { ...contextOf(ground(), env), close };
        },
        serve: async () => {
          throw new PlainError("Port 4000 is taken. Choose another one with VAHVA_PORT.");
        },
      }),
    };
    const code = await main(argv, io);
    assert.equal(opened, 0, "everything opened is closed");
    return { code, out: printed.join("\n"), err: said.join("\n") };
  };
