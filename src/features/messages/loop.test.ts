import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { messagesBench } from "../../../test/grounds/messages-bench.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import { hours } from "../../kernel/time.ts";

let bench: Awaited<ReturnType<typeof messagesBench>>;
before(async () => {
  bench = await messagesBench();
});
beforeEach(() => bench.clear());
after(() => bench.end());

/** A loop that would not look by itself for as long as the test lasts: what it delivers, it was woken for. */
async function startWokenLoop() {
  const loop = bench.node({ listen: bench.listen, lookEvery: hours(1) }).start();
  await eventually(async () => assert.equal((await listeners()).length, 1));
  return loop;
}

const listeners = async (): Promise<number[]> => {
  const { rows } = await bench.pool.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'vahva-listen' and state = 'idle' and datname = current_database()",
  );
  return rows.map(({ pid }) => pid);
};

const delivered = (count: number) => eventually(() => assert.equal(bench.mail.sent.length, count));

test("MSG-1 the loop delivers when a message was put in, without looking by itself, and stops when told", async () => {
  const loop = await startWokenLoop();
  for (const round of [1, 2, 3]) {
    await bench.enqueue(bench.letter());
    await delivered(round);
  }
  await loop.stop();
  await bench.enqueue(bench.letter());
  await eventually(async () => assert.deepEqual(await listeners(), []));
  assert.equal(bench.mail.sent.length, 3);
});

test("T110 stopping waits for what is under way and claims no more", async () => {
  let sending = 0;
  const node = bench.node({
    mail: {
      send: async () => {
        sending += 1;
        await sleep(100);
        return { result: "delivered" };
      },
    },
  });
  await bench.enqueue(...Array.from({ length: 60 }, () => bench.letter()));
  const loop = node.start();
  while (sending === 0) await sleep(5);
  await loop.stop();
  const rows = await bench.rows();
  assert.equal(rows.filter(({ state }) => state === "delivered").length, sending);
  assert.ok(sending < 60);
  const untouched = rows.filter(({ state }) => state === "waiting");
  assert.ok(
    untouched.every(({ attempts }) => attempts === 0),
    "another node can take them at once",
  );
});

test("MSG-1 the loop listens again after its connection was cut", async () => {
  const loop = await startWokenLoop();
  const [first = 0] = await listeners();
  await bench.pool.query("select pg_terminate_backend($1)", [first]);
  await eventually(async () => {
    const [again] = await listeners();
    assert.ok(again !== undefined && again !== first);
  });
  await bench.enqueue(bench.letter());
  await delivered(1);
  await loop.stop();
});

test("MSG-1 a gateway that answers nothing holds up no e-mail that comes meanwhile", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<{ result: "delivered" }>();
  const sms = {
    send: () => {
      asked.resolve();
      return answer.promise;
    },
  };
  const loop = bench.node({ listen: bench.listen, sms }).start();
  await bench.enqueue(bench.pin());
  await asked.promise;
  await bench.enqueue(bench.letter());
  await delivered(1);
  answer.resolve({ result: "delivered" });
  await loop.stop();
  assert.deepEqual(
    (await bench.rows()).map(({ state }) => state),
    ["delivered", "delivered"],
  );
});
