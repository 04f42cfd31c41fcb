import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import Fastify from "fastify";
import { assetPath, assetRoutes } from "./assets.ts";

const app = Fastify();
assetRoutes(app);

test("the style sheet is one file that may be kept for ever, and so are the fonts it names", async () => {
  const sheet = await app.inject(assetPath("vahva.css"));
  assert.equal(sheet.statusCode, 200);
  assert.match(sheet.headers["content-type"] ?? "", /^text\/css/);
  assert.match(sheet.headers["cache-control"] ?? "", /immutable/);
  const fonts = [...sheet.body.matchAll(/url\((fonts\/[^)]+)\)/g)].map((found) => found[1]);
  assert.equal(fonts.length, 3);
  for (const font of fonts) {
    const answer = await app.inject(`/assets/${font}`);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers["content-type"], "font/woff2");
    assert.match(String(answer.headers["cache-control"]), /immutable/);
  }
});

test("a plain name works too, and is asked about again at each use", async () => {
  const answer = await app.inject("/assets/fonts/atkinson-mono.woff2");
  assert.equal(answer.headers["cache-control"], "no-cache");
  const etag = String(answer.headers.etag);
  const again = await app.inject({ url: "/assets/fonts/atkinson-mono.woff2", headers: { "if-none-match": etag } });
  assert.equal(again.statusCode, 304);
  assert.equal(again.body, "");
});

test("text goes compressed to whoever takes it", async () => {
  const plain = await app.inject(assetPath("vahva.css"));
  const packed = await app.inject({ url: assetPath("vahva.css"), headers: { "accept-encoding": "gzip, br" } });
  assert.equal(packed.headers["content-encoding"], "br");
  assert.equal(brotliDecompressSync(packed.rawPayload).toString(), plain.body);
});

test("what is not in public/ is not served, however it is asked for", async () => {
  for (const name of ["nothing.css", "../package.json", "..%2fpackage.json", "%2e%2e/package.json", "__proto__", ""])
    assert.equal((await app.inject(`/assets/${name}`)).statusCode, 404, name);
});

test("an organisation's colour is a pure function of its address, and nothing but a colour", async () => {
  const answer = await app.inject("/brand/a3195b.css");
  assert.equal(answer.body, ":root{--brand:#a3195b}\n");
  assert.match(String(answer.headers["cache-control"]), /immutable/);
  for (const colour of ["red", "a3195", "a3195b0", "a3195b}body{", "%23a3195b%0a"])
    assert.equal((await app.inject(`/brand/${encodeURIComponent(colour)}.css`)).statusCode, 404, colour);
});
