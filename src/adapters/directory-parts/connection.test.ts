import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { noConnection } from "./connection.ts";
import { problemsOf } from "./problems.ts";

const place = { what: "the directory", address: "url", authority: "give ca" };

test("OPS-2 why there is no connection says what to do, and nothing but the code of the error's own words", () => {
  for (const [code, says] of [
    ["ENOTFOUND", /name is not known; correct url/u],
    ["ECONNREFUSED", /nothing listens/u],
    ["ETIMEDOUT", /firewalls/u],
    ["CERT_HAS_EXPIRED", /expired; have it renewed/u],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /another name/u],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /not trusted; give ca/u],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /not trusted; give ca/u],
    ["ERR_SSL_WRONG_VERSION_NUMBER", /no TLS/u],
    ["ECONNRESET", /broke off/u],
    ["", /^No connection to the directory: it broke off/u],
    ["connect to ldap.secret.example", /^No connection to the directory: it broke off/u],
  ] as const)
    assert.match(noConnection(code, place), says, code);
});

test("OPS-2 a setting that is missing is said to be missing", () => {
  const { error } = z.strictObject({ baseDn: z.string(), server: z.enum(["a", "b"]) }).safeParse({ server: 1 });
  assert.deepEqual(error && problemsOf(error), [
    { field: "baseDn", says: "must be given" },
    { field: "server", says: "must be one of a, b" },
  ]);
});
