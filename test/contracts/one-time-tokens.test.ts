import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  authorizeUrl,
  type Client,
  codeOf,
  exchange,
  type Ground,
  makePkce,
  openProvider,
  refresh,
  signInTo,
  type Tokens,
  userinfo,
} from "../grounds/provider-ground.ts";
import { freePort } from "../harness/free-port.ts";

const rounds = 100;

/** Each of these is a process of its own, on the same database as the first. */
let nodes: string[] = [];
let ground: Ground;
let client: Client;
const ends: (() => Promise<unknown>)[] = [];

before(async () => {
  ground = await openProvider();
  nodes = await Promise.all([startNode(), startNode()]);
  client = await ground.register();
});
after(async () => {
  await Promise.all(ends.map((end) => end()));
  await ground.close();
});

async function startNode(): Promise<string> {
  const port = await freePort();
  const script = join(import.meta.dirname, "../grounds/provider-process.ts");
  const node = spawn(process.execPath, [script, ground.url, String(port), ground.origin], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  ends.push(() => {
    const ended = new Promise((resolve) => node.once("exit", resolve));
    node.stdin.end();
    return ended;
  });
  await new Promise<void>((resolve, reject) => {
    node.stdout.once("data", () => resolve());
    node.once("exit", (code) => reject(new Error(`the node ended: ${code}`)));
  });
  return `http://127.0.0.1:${port}`;
}

/** Four at once at three nodes, one of which issued it: one succeeds, and as the others show that the value leaked, its tokens are dead. */
async function race(redeem: (origin: string) => Promise<Tokens>, round: number): Promise<void> {
  const origins = [ground.origin, ...nodes, ground.origin];
  const answers = await Promise.all(origins.map(redeem));
  const won = answers.filter(({ status }) => status === 200);
  assert.equal(won.length, 1, `round ${round}: ${JSON.stringify(answers)}`);
  for (const answer of answers.filter(({ status }) => status !== 200)) assert.equal(answer.error, "invalid_grant");
  const [winner] = won;
  assert.equal((await userinfo(nodes[round % 2] ?? "", winner?.access_token)).status, 401, `round ${round}`);
  const again = await refresh(nodes[round % 2] ?? "", client, winner?.refresh_token);
  assert.equal(again.error, "invalid_grant", `round ${round}`);
}

test(`T64 a code redeemed four times at once on three nodes gives one set of tokens, and they die: ${rounds} times`, async () => {
  const agent = ground.agent();
  await signInTo(agent, authorizeUrl(client, makePkce().challenge), ground.accountId);
  for (let round = 0; round < rounds; round += 1) {
    const { verifier, challenge } = makePkce();
    const code = codeOf(await agent.send(authorizeUrl(client, challenge)));
    await race((origin) => exchange(origin, client, code, verifier), round);
  }
});

test(`T65 a refresh token used four times at once on three nodes never leaves two live families: ${rounds} times`, async () => {
  const agent = ground.agent();
  await signInTo(agent, authorizeUrl(client, makePkce().challenge), ground.accountId);
  for (let round = 0; round < rounds; round += 1) {
    const { verifier, challenge } = makePkce();
    const code = codeOf(await agent.send(authorizeUrl(client, challenge)));
    const tokens = await exchange(ground.origin, client, code, verifier);
    await race((origin) => refresh(origin, client, tokens.refresh_token), round);
  }
});

test("T65 each family that a race ended is in the audit", async () => {
  const { count } = await ground.db
    .selectFrom("audit_event")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("type", "=", "token.refused")
    .executeTakeFirstOrThrow();
  assert.ok(count >= 2 * rounds, `${count}`);
});
