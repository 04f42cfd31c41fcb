import assert from "node:assert/strict";
import { test } from "node:test";
import { days, seconds } from "../../kernel/time.ts";
import { retryAfterOf } from "./retry-after.ts";

const now = new Date("2026-11-22T12:00:00Z");
const date = "Sun, 22 Nov 2026 11:00:00 GMT";

test("DIR-2 T80 Retry-After is seconds or a date by the server's own clock, and a day at most", () => {
  const asks: readonly (readonly [Record<string, string>, number | undefined])[] = [
    [{}, undefined],
    [{ "retry-after": "40" }, seconds(40)],
    [{ "retry-after": " 40 " }, seconds(40)],
    [{ "retry-after": "604800" }, days(1)],
    [{ "retry-after": "0" }, undefined],
    [{ "retry-after": "-5" }, undefined],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "Sun, 22 Nov 2026 11:01:30 GMT", date }, seconds(90)],
    [{ "retry-after": "Sun, 22 Nov 2026 12:01:30 GMT" }, seconds(90)],
    [{ "retry-after": "Sun, 22 Nov 2026 10:00:00 GMT", date }, undefined],
    [{ "retry-after": "Fri, 01 Jan 2027 00:00:00 GMT", date }, days(1)],
  ];
  for (const [headers, wait] of asks)
    assert.equal(retryAfterOf(new Headers(headers), now), wait, JSON.stringify(headers));
});
