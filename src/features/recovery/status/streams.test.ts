import assert from "node:assert/strict";
import { test } from "node:test";
import { makeStreams } from "./streams.ts";

test("REC-3 so many streams of one reset and of all are open at once; whoever leaves makes room, once", () => {
  const streams = makeStreams({ perReset: 2, perNode: 3 });
  const first = streams.enter("a");
  assert.ok(first && streams.enter("a"));
  assert.equal(streams.enter("a"), null, "no third of one reset");
  assert.ok(streams.enter("b"));
  assert.equal(streams.enter("c"), null, "no fourth of all");
  first();
  first();
  assert.equal(streams.open(), 2);
  assert.ok(streams.enter("c"));
  assert.equal(streams.enter("b"), null);
});
