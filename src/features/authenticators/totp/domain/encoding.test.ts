import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeSecret, findEncoding } from "./encoding.ts";

const ascii = (text: string) => new Uint8Array(Buffer.from(text));

test("USR-2 secrets in hexadecimal and Base32 (RFC 4648 §10), however they are spaced and cased", () => {
  assert.deepEqual(decodeSecret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "base32"), ascii("12345678901234567890"));
  assert.deepEqual(decodeSecret("mzxw 6ytb-oi======", "base32"), ascii("foobar"));
  assert.deepEqual(decodeSecret("3132 33", "hex"), ascii("123"));
  for (const [text, encoding] of [
    ["MZXW6YTBO8", "base32"],
    ["MZXW6YTBA", "base32"],
    ["", "base32"],
    ["123", "hex"],
    ["12G4", "hex"],
    ["=HYPERLINK(1)", "base32"],
  ] as const)
    assert.equal(decodeSecret(text, encoding), null, text);
});

test("USR-2 every secret of hexadecimal comes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
      assert.deepEqual(decodeSecret(Buffer.from(bytes).toString("hex"), "hex"), new Uint8Array(bytes));
    }),
  );
});

test("USR-2 how a file writes its secrets is never guessed", () => {
  const file = (...texts: string[]) => findEncoding(texts.map((text, index) => ({ line: index + 2, text })));
  const hex = "3132333435363738393031323334353637383930";
  const base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  // Microsoft's own example for Entra.
  const either = "2234567abcdef2234567abcdef";
  assert.deepEqual(file(hex, hex), { encoding: "hex" });
  assert.deepEqual(file(base32, "not a secret!"), { encoding: "base32" });
  assert.deepEqual(file(base32, either), { unclear: 3, mixed: false });
  assert.deepEqual(file(hex, either, hex), { unclear: 3, mixed: false });
  assert.deepEqual(file(hex, hex, base32), { unclear: 4, mixed: true });
});
