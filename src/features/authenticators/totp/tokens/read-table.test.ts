import assert from "node:assert/strict";
import { test } from "node:test";
import type { Encoding } from "../domain/encoding.ts";
import { type Format, readTokenFile } from "./read-file.ts";

const base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const hex = "3132333435363738393031323334353637383930";
const either = "2234567abcdef2234567abcdef";

async function read(content: string | Buffer, { format = "auto" as Format, encoding = null as Encoding | null } = {}) {
  const source = (async function* () {
    yield Buffer.from(content);
  })();
  const result = await readTokenFile(source, { format, encoding });
  if ("problems" in result) return result.problems.map(({ field, reason }) => `${field} ${reason}`);
  return result.entries.map((entry) => {
    if ("flaws" in entry) return `${entry.line} ${entry.flaws[0]?.reason}`;
    const { line, serial, secret, period = "-" } = entry;
    return `${line} ${serial} ${secret instanceof Uint8Array ? Buffer.from(secret) : secret.reason} ${period}`;
  });
}
const secret = "12345678901234567890";

test("USR-2 serial numbers and secrets in two columns, named or not, whatever divides the columns and ends the lines", async () => {
  for (const sign of [",", ";", "\t"]) {
    const rows = [`0012345${sign}${base32}`, `0012346${sign}"${base32}"`];
    assert.deepEqual(await read(rows.join("\r\n")), [`1 0012345 ${secret} -`, `2 0012346 ${secret} -`]);
    const named = ["Serial number", `Secret key (Base32)`].join(sign);
    assert.deepEqual(await read(`\uFEFF${named}\r\n${rows.join("\r\n")}\r\n\r\n`), [
      `2 0012345 ${secret} -`,
      `3 0012346 ${secret} -`,
    ]);
  }
  assert.deepEqual(await read(`serial,seed\n1,${hex}\n`), [`2 1 ${secret} -`]);
  assert.deepEqual(await read(`key;sn;model\n${base32};0001;C302\n`), [`2 0001 ${secret} -`], "in any order");
});

test("USR-2 the six columns of Entra, whose first line is needed", async () => {
  const header = "upn,serial number,secret key,time interval,manufacturer,model";
  const row = `aino@koivula.example,0012345,${base32},60,Contoso,HardwareKey`;
  assert.deepEqual(await read(`${header}\n${row}\n`), [`2 0012345 ${secret} 60`]);
  assert.deepEqual(await read(`${header}\n${row}\n`, { format: "entra" }), [`2 0012345 ${secret} 60`]);
  assert.deepEqual(await read(`${row}\n`, { format: "entra" }), ["file no-header"]);
  assert.deepEqual(await read(`serial number,secret key\n1,${base32}\n`, { format: "entra" }), [
    "period missing-column",
  ]);
});

test("USR-2 T31 a secret that is valid in two ways is decided by whoever has the file", async () => {
  assert.deepEqual(await read(`1,${base32}\n2,${either}\n`), ["file encoding-unclear"]);
  assert.deepEqual(await read(`1,${base32}\n2,${hex}\n`), ["file encoding-unclear"]);
  const [asHex] = await read(`2,${either}\n`, { encoding: "hex" });
  const [asBase32] = await read(`2,${either}\n`, { encoding: "base32" });
  assert.notEqual(asHex, asBase32);
  assert.deepEqual(await read(`1,${base32}\n2,${hex}\n`, { encoding: "hex" }), [
    "1 1 not-readable -",
    `2 2 ${secret} -`,
  ]);
});

test("USR-2 T31 bad lines are told one by one, and a file of the wrong shape as a whole", async () => {
  assert.deepEqual(await read(`1,${base32}\n2\n3,${base32},x\n4,\n5,=1+1\n`), [
    `1 1 ${secret} -`,
    "2 column-count",
    "3 column-count",
    "4 4 missing -",
    "5 5 not-readable -",
  ]);
  assert.deepEqual(await read(""), ["file empty"]);
  assert.deepEqual(await read("serial,secret\n"), ["file empty"]);
  assert.deepEqual(await read(`serial,serial,secret\n1,2,${base32}`), ["serial column-twice"]);
  assert.deepEqual(await read(`serial,model\n1,2`), ["secret missing-column"]);
  assert.deepEqual(await read(`1,"${base32}\n`), ["file open-quote"]);
  assert.deepEqual(await read(Buffer.from([0x31, 0x3b, 0xff])), ["file not-utf-8"]);
  assert.deepEqual(await read(Buffer.alloc(21 * 1024 * 1024, 49)), ["file too-large"]);
  assert.deepEqual(await read("1,2\n".repeat(1_000_000)), ["file too-many-rows"]);
  assert.deepEqual(await read("<x/>"), ["file not-pskc"]);
  assert.deepEqual(await read(`1,${base32}`, { format: "pskc" }), ["file not-pskc"]);
});
