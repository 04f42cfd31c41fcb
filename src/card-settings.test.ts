import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeCards } from "./cards.ts";
import { loadConfig } from "./config.ts";
import { PlainError } from "./kernel/plain-error.ts";

const cards = {
  VAHVA_CARD_URL: "https://*.card.example.fi",
  VAHVA_CARD_PORT: "8443",
  VAHVA_CARD_AUTHORITIES: "/etc/vahva/cards",
  VAHVA_CARD_TLS_CERT_FILE: "/etc/vahva/card.crt",
  VAHVA_CARD_TLS_KEY_FILE: "/etc/vahva/card.key",
};
const { VAHVA_CARD_TLS_CERT_FILE: _cert, VAHVA_CARD_TLS_KEY_FILE: _key, ...bare } = cards;
const refused = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    assert.ok(error instanceof PlainError, String(error));
    return error.message;
  }
  return assert.fail("it was accepted");
};
const refusedConfig = (given: Record<string, string>) => refused(() => loadConfig(given));

test("OPS-1 without settings there are no cards", () => {
  const config = loadConfig({});
  assert.equal(config.cards, null);
  assert.equal(makeCards(config), null);
});

test("OPS-2 cards need an address, a port and authorities, and somebody who speaks TLS", () => {
  assert.deepEqual(loadConfig(cards).cards, {
    url: "https://*.card.example.fi",
    port: 8443,
    authorities: "/etc/vahva/cards",
    header: null,
    certFile: "/etc/vahva/card.crt",
    keyFile: "/etc/vahva/card.key",
  });
  const message = refusedConfig({ VAHVA_CARD_PORT: "8443" });
  for (const name of ["URL", "AUTHORITIES", "TLS_CERT_FILE"]) assert.match(message, new RegExp(`VAHVA_CARD_${name}: `));
  assert.match(refusedConfig(bare), /needs a TLS certificate, or a proxy/);
  assert.match(refusedConfig({ ...bare, VAHVA_CARD_TLS_CERT_FILE: "x" }), /both are needed/);
  const main = { VAHVA_TLS_CERT_FILE: "/main.crt", VAHVA_TLS_KEY_FILE: "/main.key" };
  assert.equal(loadConfig({ ...bare, ...main }).cards?.certFile, "/main.crt");
});

test("OPS-2 a proxy's header is believed only from named addresses, in a named form", () => {
  const proxied = { ...bare, VAHVA_CARD_HEADER: "haproxy", VAHVA_CARD_PROXIES: "10.0.0.5, 2001:db8::/32" };
  assert.deepEqual(loadConfig(proxied).cards?.header, { format: "haproxy", proxies: ["10.0.0.5", "2001:db8::/32"] });
  assert.match(refusedConfig({ ...bare, VAHVA_CARD_HEADER: "haproxy" }), /name the proxies/);
  assert.match(refusedConfig({ ...cards, VAHVA_CARD_PROXIES: "10.0.0.5" }), /say how the proxies/);
  assert.match(refusedConfig({ ...proxied, VAHVA_CARD_HEADER: "auto" }), /expected none, rfc9440/);
  for (const wrong of ["everybody", "10.0.0.0/33", "10.0.0.5/", "::/129", "10.0.0.0/8/8"])
    assert.match(refusedConfig({ ...proxied, VAHVA_CARD_PROXIES: wrong }), /expected addresses/, wrong);
});

test("OPS-2 the address of cards is another than the public one, and nothing but an address", () => {
  for (const wrong of ["http://card.example.fi", "https://card.example.fi/x", "https://a.*.fi", "https://user@card.fi"])
    assert.match(refusedConfig({ ...cards, VAHVA_CARD_URL: wrong }), /expected an address without a path/, wrong);
  const same = { VAHVA_PUBLIC_URL: "https://localhost", VAHVA_CARD_URL: "https://localhost:443" };
  assert.match(refusedConfig({ ...cards, ...same }), /another host or port/);
});

test("OPS-2 a folder of authorities that can't be used is said in a sentence", () => {
  const folder = mkdtempSync(join(tmpdir(), "vahva-cards-"));
  const attempt = () => refused(() => makeCards(loadConfig({ ...cards, VAHVA_CARD_AUTHORITIES: folder })));
  const write = (text: string) => writeFileSync(join(folder, "cards.json"), text);
  assert.match(attempt(), /no \.json file/);
  write("not json");
  assert.match(attempt(), /does not hold a JSON object/);
  write('{"issuers": "gone.pem"}');
  assert.match(attempt(), /gone\.pem can't be read/);
  write('{"issuers": "-----BEGIN CERTIFICATE-----", "surprise": 1}');
  assert.match(attempt(), /cards\.json can't be used/);
  rmSync(folder, { recursive: true });
  assert.match(attempt(), /can't be read/);
});
