import { loadConfig } from "../../src/config.ts";
import { brokerName } from "../../src/features/demo/bank/index.ts";
import { compose } from "../../src/main.ts";
import { makeVisitor } from "../harness/agent.ts";
import { testDatabase } from "../harness/database.ts";
import { type Node, spawnService, until } from "../harness/service.ts";

/**
 * Two processes of the service on one database, known to the world under one address (the first one's), and beside them
 * the parts that commands work with: what invites people and reads what was sent.
 */
export async function openTwoNodes(env: Readonly<Record<string, string>> = {}) {
  const database = await testDatabase();
  const first = await spawnService({ databaseUrl: database.url, env });
  const second = await spawnService({ databaseUrl: database.url, env: { ...env, VAHVA_PUBLIC_URL: first.url } });
  const origins: [string, string] = [originOf(first), originOf(second)];
  await until(async () => (await fetch(`${origins[1]}/readyz`).catch(() => null))?.ok, "the second node to be ready");
  const composed = await compose({ config: loadConfig(first.env), claim: false, log: () => {} });
  // These races are about what needs no broker.
  await composed.features.identityBrokers.setState(brokerName, "closed", { actor: "operator" });
  for (const origin of origins)
    await until(
      async () => (await makeVisitor(origin).get("/sign-in")).forms.some(({ fields }) => "username" in fields),
      "both nodes to hear that the bank is closed",
    );
  return {
    url: first.url,
    /** Where each of the two answers. */
    origins,
    /** The one that the `index`-th of many requests goes to. */
    originFor: (index: number): string => origins[index % 2 === 0 ? 0 : 1],
    nodes: [first, second] as const,
    db: composed.db,
    clock: composed.clock,
    features: composed.features,
    inbox: async () => (await composed.senders.inbox?.list(500)) ?? [],
    close: async () => {
      await Promise.all([first.kill(), second.kill()]);
      await composed.close();
      await database.drop();
    },
  };
}

export type TwoNodes = Awaited<ReturnType<typeof openTwoNodes>>;

const originOf = ({ port }: Node) => `http://localhost:${port}`;
