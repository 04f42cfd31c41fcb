import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMessage } from "./message.ts";

test("REC-5 T12 a message to support is kept as lines of ordinary characters, and no longer than it may be", () => {
  const table: readonly [string, string][] = [
    ["  My phone is lost \r\n\r\nHelp\r", "My phone is lost \n\nHelp"],
    ["red \u001b[31malert\u0007 \u202eturned\u0000", "red  [31malert   turned"],
    ["a\u0308\u200b", "ä"],
    ["<b>{{name}}</b>", "<b>{{name}}</b>"],
  ];
  for (const [given, message] of table) assert.deepEqual(parseMessage(given), { message });
  for (const empty of ["", " \n\t ", "\u0000\u200b"])
    assert.deepEqual(parseMessage(empty), { refused: "message-needed" });
  assert.deepEqual(parseMessage("x".repeat(1001)), { refused: "message-long" });
  assert.deepEqual(parseMessage("😀".repeat(1000)), { message: "😀".repeat(1000) });
});
