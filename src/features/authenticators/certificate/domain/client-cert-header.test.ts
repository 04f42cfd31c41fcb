import assert from "node:assert/strict";
import { test } from "node:test";
import { certificateHeaders, type HeaderFormat, headerFormats, readCertificateHeader } from "./client-cert-header.ts";

const der = Buffer.from(
  "a certificate, or what goes by as one in this test: some bytes, more than a few of them ÿþ",
  "latin1",
);
const base64 = der.toString("base64");
const lines = base64.match(/.{1,64}/g)?.join("\n") ?? "";
const pem = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
const escaped = encodeURIComponent(pem);

const verified = (good: string) => ["X-SSL-Client-Verify", good];
const written: Readonly<Record<HeaderFormat, readonly string[]>> = {
  rfc9440: ["Client-Cert", `:${base64}:`],
  nginx: ["X-SSL-Client-Cert", escaped, ...verified("SUCCESS")],
  haproxy: ["X-SSL-Client-Cert", base64, ...verified("0")],
  apache: ["X-SSL-Client-Cert", pem.replaceAll("\n", " "), ...verified("SUCCESS")],
  traefik: ["X-Forwarded-Tls-Client-Cert", `${base64},${base64.slice(4)}`],
  envoy: ["X-Forwarded-Client-Cert", `Hash=ab;Cert="${escaped}";Subject="CN=a, b\\"c";URI=`],
};

test("T37 each proxy's way of handing over a certificate is read, and no other's", () => {
  for (const format of headerFormats) {
    const read = readCertificateHeader(format, ["Host", "x", ...written[format]]);
    assert.ok(read.came === "certificate" && read.vouched, format);
    assert.deepEqual(Buffer.from(read.der), der, format);
    assert.equal(readCertificateHeader(format, ["Host", "x"]).came, "none");
    // nginx and Apache differ only in how they write line breaks.
    const alike = format === "nginx" ? ["nginx", "apache"] : [format];
    for (const other of headerFormats.filter((each) => !alike.includes(each))) {
      const { came } = readCertificateHeader(format, written[other]);
      assert.notEqual(came, "certificate", `${format} reads what ${other} writes`);
    }
  }
});

test("T37 a header that came twice is refused, however it is written", () => {
  for (const format of headerFormats) {
    const [name = "", value = "", ...rest] = written[format];
    for (const second of [name, name.toLowerCase(), name.toUpperCase()])
      assert.equal(readCertificateHeader(format, [name, value, ...rest, second, value]).came, "malformed", format);
  }
  const { came } = readCertificateHeader("nginx", [...written.nginx, "x-ssl-client-verify", "SUCCESS"]);
  assert.equal(came, "malformed");
});

test("T38 a certificate that the proxy has not verified is not vouched for", () => {
  for (const format of ["nginx", "haproxy", "apache"] as const) {
    const [name = "", value = ""] = written[format];
    for (const verdict of ["FAILED:unable to verify", "NONE", "10", "21", "", "success"]) {
      const read = readCertificateHeader(format, [name, value, "X-SSL-Client-Verify", verdict]);
      assert.ok(read.came === "certificate" && !read.vouched, `${format} ${verdict}`);
    }
    const silent = readCertificateHeader(format, [name, value]);
    assert.ok(silent.came === "certificate" && !silent.vouched, `${format} without a verdict`);
  }
});

test("no certificate is an empty header, or Apache's word for nothing; rubbish is rubbish", () => {
  for (const format of headerFormats) {
    const name = written[format][0] ?? "";
    assert.equal(readCertificateHeader(format, [name, ""]).came, "none");
    assert.equal(readCertificateHeader(format, [name, "(null)"]).came, "none");
    for (const rubbish of ["x", "%", "%ZZ", ":é:", "=".repeat(100), `${pem}${pem}`, `:${base64}`, "Cert=x", '"'])
      assert.equal(
        readCertificateHeader(format, [name, rubbish]).came,
        "malformed",
        `${format} ${rubbish.slice(0, 20)}`,
      );
  }
});

test("T37 of several hops nothing is believed: the first one's words may be anybody's", () => {
  const hop = `Hash=ab;Cert="${escaped}"`;
  assert.equal(readCertificateHeader("envoy", ["x-forwarded-client-cert", `${hop},${hop}`]).came, "malformed");
  assert.equal(
    readCertificateHeader("envoy", ["x-forwarded-client-cert", `${hop};Cert="${escaped}"`]).came,
    "malformed",
  );
});

test("the names of every such header are known", () => {
  assert.deepEqual([...certificateHeaders].sort(), [
    "client-cert",
    "client-cert-chain",
    "x-forwarded-client-cert",
    "x-forwarded-tls-client-cert",
    "x-ssl-client-cert",
    "x-ssl-client-verify",
  ]);
});
