import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { type CardPki, startCardPki } from "../../../test/doubles/card-pki/index.ts";
import { der, extension, type ListContents, makeList } from "../../../test/doubles/card-pki/make-list.ts";
import { part } from "../../../test/harness/parts.ts";
import { days, hours, type Instant, plus } from "../../kernel/time.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import { readRevocationList } from "./revocation-list.ts";
import { makeSerialSet } from "./serial-set.ts";
import { Trouble } from "./trouble.ts";

const openssl = part("openssl");
const serialOf = (index: number) => createHash("sha256").update(`${index}`).digest().subarray(0, 16).fill(0x11, 0, 1);
const serials = (count: number) => Array.from({ length: count }, (_, index) => serialOf(index));

describe("revocation lists", { skip: "missing" in openssl && openssl.missing }, () => {
  let pki: CardPki;
  let issuer: Certificate;
  let card: Certificate;
  let now: Instant;

  const certificate = (name: string): Certificate => {
    const read = readCertificate(pki.der(name));
    assert.ok(read);
    return read;
  };
  const list = (contents: Partial<ListContents> = {}) =>
    makeList({
      issuer: pki.pem("issuing"),
      key: readFileSync(pki.card("issuing").key, "utf8"),
      serials: serials(3),
      from: plus(now, -hours(1)),
      until: plus(now, days(1)),
      ...contents,
    });
  const read = (bytes: Buffer) => readRevocationList(bytes, issuer);

  before(async () => {
    pki = await startCardPki();
    now = new Date();
    issuer = certificate("issuing");
    card = certificate("ec");
  });
  after(() => pki.stop());

  test("T40 a hundred thousand entries are each found, in little memory, while others get their turn", async () => {
    const many = list({ serials: serials(100_000) });
    let turns = 0;
    let reading = true;
    const count = () => {
      turns++;
      if (reading) setImmediate(count);
    };
    setImmediate(count);
    const found = await read(many);
    reading = false;
    assert.ok(turns >= 20, `${turns} turns`);
    assert.equal(found.serials.size(), 100_000);
    assert.ok(found.serials.bytes() < 8 * 1024 * 1024, `${found.serials.bytes()} bytes`);
    for (let index = 0; index < 100_000; index += 7) assert.ok(found.serials.has(serialOf(index)));
    for (let index = 100_000; index < 110_000; index += 7) assert.ok(!found.serials.has(serialOf(index)));
  });

  test("T40 an empty list revokes nothing; one of OpenSSL's is read", async () => {
    assert.equal((await read(list({ serials: [] }))).serials.size(), 0);
    const answer = await fetch(`${pki.addresses.crl}/issuing.crl`);
    const real = await read(Buffer.from(await answer.arrayBuffer()));
    assert.equal(real.serials.size(), 2);
    assert.ok(real.serials.has(certificate("revoked").serial));
    assert.ok(!real.serials.has(card.serial));
    assert.ok(real.covers(card, "http://anywhere.example/list.crl"));
  });

  test("T40 a list is its issuer's, or none: of another key, of another name, changed", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const other = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await assert.rejects(read(list({ key: other })), new Trouble("is not signed by the issuer"));
    await assert.rejects(read(list({ issuer: pki.pem("root") })), new Trouble("is of another issuer"));
    const genuine = list();
    const changed = Buffer.from(genuine);
    changed.writeUInt8(changed.readUInt8(200) ^ 1, 200);
    await assert.rejects(read(changed), Trouble);
    await assert.rejects(readRevocationList(genuine, card), Trouble);
  });

  const point = (contents: string) => extension("551d1c", Buffer.from(contents, "hex"), true);
  const url = "http://lists.example/1.crl";
  const named = (address: string) => {
    const name = der(0xa0, der(0xa0, der(0x86, Buffer.from(address))));
    return extension("551d1c", der(0x30, name), true);
  };
  const demand = Buffer.from("0500", "hex");
  const unsupported: Readonly<Record<string, Partial<ListContents>>> = {
    "of many issuers": { extensions: [point("30038401ff")] },
    "of some reasons": { extensions: [point("300483020560")] },
    "of attribute certificates": { extensions: [point("30038501ff")] },
    "with changes only": { extensions: [extension("551d1b", Buffer.from("020101", "hex"), true)] },
    "with a demand that is not known": { extensions: [extension("2a0304", demand, true)] },
    "with such a demand in an entry": { entryExtensions: [extension("551d1d", demand, true)] },
  };
  for (const [what, contents] of Object.entries(unsupported))
    test(`T40 a list of a kind that is not supported is none: ${what}`, async () => {
      await assert.rejects(read(list(contents)), new Trouble("is of a kind that is not supported"));
    });

  test("T40 a list speaks of what it says that it speaks of", async () => {
    const ofCas = await read(list({ extensions: [point("30038201ff")] }));
    assert.equal(ofCas.covers(card, url), false);
    assert.equal(ofCas.covers(issuer, url), true);
    const ofCards = await read(list({ extensions: [point("30038101ff")] }));
    assert.equal(ofCards.covers(card, url), true);
    assert.equal(ofCards.covers(issuer, url), false);
    // One part of a list in parts, served in another's place.
    const ofPart = await read(list({ extensions: [named(url)] }));
    assert.equal(ofPart.covers(card, url), true);
    assert.equal(ofPart.covers(card, "http://lists.example/2.crl"), false);
    const own = await read(list({ extensions: [named(`${pki.addresses.crl}/issuing.crl`)] }));
    assert.equal(own.covers(card, "http://mirror.example/issuing.crl"), true);
  });

  test("T40 entries may say more, such as the reason", async () => {
    const reason = extension("551d15", Buffer.from("0a0101", "hex"));
    const found = await read(list({ entryExtensions: [reason] }));
    assert.equal(found.serials.size(), 3);
    assert.ok(found.serials.has(serialOf(1)));
  });

  test("T40 bytes that are no list are trouble, and nothing else", async () => {
    const genuine = list();
    await assert.rejects(read(Buffer.concat([genuine, Buffer.from([0])])), Trouble);
    await assert.rejects(read(genuine.subarray(0, -1)), Trouble);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await assert.rejects(read(Buffer.from(bytes)), Trouble);
      }),
      { numRuns: 300 },
    );
  });
});

test("T40 a set of serials has what was added, whatever zeros they begin with, and nothing else", () => {
  const number = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes));
  const value = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
  fc.assert(
    fc.property(fc.array(number, { maxLength: 2000 }), fc.array(number, { maxLength: 50 }), (added, asked) => {
      const set = makeSerialSet();
      for (const serial of added) set.add(serial, 0, serial.length);
      const peer = new Set(added.map(value));
      assert.equal(set.size(), peer.size);
      for (const serial of [...added, ...asked]) {
        assert.equal(set.has(serial), peer.has(value(serial)));
        assert.equal(set.has(Buffer.concat([Buffer.from([0]), serial])), peer.has(value(serial)));
      }
    }),
    { numRuns: 30 },
  );
});
