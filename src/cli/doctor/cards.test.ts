import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startCardPki } from "../../../test/doubles/card-pki/index.ts";
import { writeAuthorities } from "../../../test/grounds/card-service.ts";
import { part } from "../../../test/harness/parts.ts";
import { loadConfig } from "../../config.ts";
import { days, plus } from "../../kernel/time.ts";
import { checkCards } from "./cards.ts";

const openssl = part("openssl");

test("the doctor looks at who issues cards and at the card listener's certificate", {
  skip: "missing" in openssl && openssl.missing,
}, async () => {
  assert.deepEqual(await checkCards(loadConfig({}), new Date()), [], "nothing to say where there are none");
  const pki = await startCardPki();
  // Now that there are certificates: they are valid from their making on.
  const now = new Date();
  const folder = writeAuthorities(pki);
  writeFileSync(join(folder, "tls.crt"), pki.tls.certificate);
  writeFileSync(join(folder, "tls.key"), pki.tls.key);
  const env = {
    VAHVA_CARD_URL: "https://localhost:8443",
    VAHVA_CARD_PORT: "8443",
    VAHVA_CARD_AUTHORITIES: folder,
    VAHVA_CARD_TLS_CERT_FILE: join(folder, "tls.crt"),
    VAHVA_CARD_TLS_KEY_FILE: join(folder, "tls.key"),
  };
  const look = async (given = {}, at = now) =>
    (await checkCards(loadConfig({ ...env, ...given }), at)).map(({ name, verdict }) => `${name}: ${verdict}`);
  try {
    const found = await look();
    assert.equal(found[0], "Card listener: pass");
    assert.ok(found.length > 1 && found.slice(1).every((line) => line === "Cards test-cards: pass"), found.join("\n"));
    assert.equal((await look({ VAHVA_CARD_URL: "https://card.example.fi" }))[0], "Card listener: fail");
    assert.equal((await look({}, plus(now, days(40 * 365))))[0], "Card listener: fail");
    rmSync(join(folder, "issuers.pem"));
    assert.deepEqual(await look(), ["Certificate cards: fail"]);
  } finally {
    await pki.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
