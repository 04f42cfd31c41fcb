import assert from "node:assert/strict";
import { test } from "node:test";
import { messageText } from "./message-text.ts";

test("demo: addresses of a message become links without the sign that ends the sentence, and nothing in it becomes markup", () => {
  const shown = String(messageText('Open https://x.example/a?b=1&c=2.\n<script>"hi"</script>\n\nBye', "email"));
  assert.equal(
    shown,
    '<p>Open <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.<br>&lt;script&gt;&quot;hi&quot;&lt;/script&gt;</p><p>Bye</p>',
  );
});

test("demo: the code of a text message stands out, and a number in an e-mail does not", () => {
  assert.match(
    String(messageText("PIN 123456, call 0105550100", "sms")),
    /PIN <b class="mono">123456<\/b>, call 0105550100/,
  );
  assert.equal(String(messageText("123456", "email")), "<p>123456</p>");
});
