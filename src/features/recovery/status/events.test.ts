import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { openStatusGround, type StatusGround } from "../../../../test/grounds/recovery-status.ts";
import { inWords } from "../../../../test/harness/read-page.ts";
import { until } from "../../../../test/harness/service.ts";
import { minutes, plus } from "../../../kernel/time.ts";
import type { Http } from "../../../platform/http/index.ts";

let ground: StatusGround;
before(async () => {
  ground = await openStatusGround();
  await ground.http.app.listen({ port: 0, host: "127.0.0.1" });
});
beforeEach(() => ground.clear());
after(() => ground.close());

/** Reads a stream of events; `heard` grows while it lasts. */
async function listen(
  path: string,
  headers: Record<string, string> = { "accept-language": "en" },
  { app }: Http = ground.http,
) {
  const { port } = app.server.address() as AddressInfo; // it listens on TCP
  const leaving = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${port}${path}/events`, { headers, signal: leaving.signal });
  const stream = { status: answer.status, headers: answer.headers, heard: "", isOver: false };
  const read = async () => {
    for await (const chunk of answer.body ?? []) stream.heard += Buffer.from(chunk).toString();
  };
  const over = read()
    .catch(() => {})
    .finally(() => {
      stream.isOver = true;
    });
  return { stream, over, leave: () => leaving.abort() };
}

test("REC-3 a change arrives by itself, and the stream ends when all is told", async () => {
  const { path, own } = await ground.reset();
  const { stream, over } = await listen(path, own.headers);
  assert.equal(stream.status, 200);
  assert.match(stream.headers.get("content-type") ?? "", /^text\/event-stream/);
  assert.equal(stream.headers.get("cache-control"), "no-store");
  await until(() => stream.heard.includes("Waiting"), "the list as it is");
  ground.answers(() => ({
    result: "done",
    progress: { removed: 2, of: 2 },
    left: [],
    pass: { value: "kQ8#vT2!mZ5x", expiresAt: plus(ground.clock.now(), minutes(60)) },
  }));
  await ground.directories.deliverDue();
  await over;
  assert.ok(stream.heard.split("data-progress").length >= 3, "as it was, and as it came to be");
  assert.match(inWords(stream.heard), /Sign-in methods removed: 2\.[\s\S]*Show the pass[\s\S]*event: end/);
  assert.ok(!stream.heard.includes("kQ8"), "the pass itself is never sent");
  const elsewhere = await listen(path);
  await elsewhere.over;
  assert.doesNotMatch(elsewhere.stream.heard, /pass\b/i, "nor its button to another browser");
});

test("REC-3 a page too many is told how it is and asked to come back; whoever leaves makes room", async () => {
  const { path } = await ground.reset();
  const streams = await Promise.all(Array.from({ length: 6 }, () => listen(path)));
  const tooMany = await listen(path);
  await tooMany.over;
  assert.match(tooMany.stream.heard, /^retry: 10000\n\ndata: [\s\S]*Waiting/);
  assert.ok(!tooMany.stream.heard.includes("event: end"));
  const another = await listen((await ground.reset()).path);
  await until(() => another.stream.heard.includes("Waiting"), "another reset's stream");
  assert.ok(!another.stream.isOver, "it has places of its own");
  streams[0]?.leave();
  await until(async () => {
    const next = await listen(path);
    await until(() => next.stream.heard.includes("Waiting"), "the list");
    next.leave();
    return next.stream.heard.startsWith("retry: 2000");
  }, "the place of whoever left");
  for (const { leave } of [...streams, another]) leave();
});

test("OPS-4 REC-3 streams end when the node stops, and another node goes on from where it is", async () => {
  const { path } = await ground.reset();
  const node = ground.open();
  await node.app.listen({ port: 0, host: "127.0.0.1" });
  const { stream, over } = await listen(path, undefined, node);
  await until(() => stream.heard.includes("Waiting"), "the list");
  await Promise.all([node.app.close(), over]);
  assert.ok(!stream.heard.includes("event: end"), "so that the browser asks again");
  await ground.directories.deliverDue();
  const next = await listen(path);
  await next.over;
  assert.match(next.stream.heard, /Done at/);
});
