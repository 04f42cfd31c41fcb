import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { before, test } from "node:test";
import { compactVerify, decodeJwt, decodeProtectedHeader } from "jose";
import { makeOwnKeys, type OwnKeys } from "../../../test/grounds/ftn-ground.ts";
import { days, plus } from "../../kernel/time.ts";
import { federationDocuments } from "./index.ts";

let own: OwnKeys;
before(async () => {
  own = await makeOwnKeys();
});

const publicUrl = "https://vahva.example/";
const about = { redirectUris: ["https://vahva.example/eid/op/callback"], organisationName: "Esimerkki Oy" };

test("our entity statement says who we are, and holds the entity's public key alone", async () => {
  const { keys } = own;
  const entity = await keys.entity();
  const now = plus(entity.createdAt, days(400));
  const statement = await federationDocuments.entityStatement({ publicUrl, keys, ...about, now });
  await compactVerify(statement, createPublicKey(entity.privateKey));
  assert.deepEqual(decodeProtectedHeader(statement), { alg: "RS256", typ: "entity-statement+jwt", kid: entity.kid });
  const {
    iss,
    sub,
    iat = 0,
    exp = 0,
    jwks,
    metadata,
  } = decodeJwt<{ jwks: { keys: object[] }; metadata: object }>(statement);
  assert.deepEqual([iss, sub], ["https://vahva.example", "https://vahva.example"]);
  assert.ok(iat * 1000 <= now.getTime() && exp * 1000 > now.getTime());
  assert.equal(jwks.keys.length, 1);
  assert.deepEqual(Object.keys(jwks.keys[0] ?? {}).sort(), ["alg", "e", "kid", "kty", "n", "use"]);
  assert.deepEqual(metadata, {
    openid_relying_party: {
      redirect_uris: about.redirectUris,
      application_type: "web",
      request_object_signing_alg: "RS256",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "RS256",
      id_token_signed_response_alg: "RS256",
      id_token_encrypted_response_alg: "RSA-OAEP",
      id_token_encrypted_response_enc: "A128CBC-HS256",
      client_registration_types: [],
      organization_name: "Esimerkki Oy",
      signed_jwks_uri: "https://vahva.example/eid/jwks.jwt",
    },
  });
});

test("our entity statement is the same bytes each time, so that brokers can keep its hash; it never runs out", async () => {
  const { keys } = own;
  const { createdAt } = await keys.entity();
  const at = (age: number) =>
    federationDocuments.entityStatement({ publicUrl, keys, ...about, now: plus(createdAt, days(age)) });
  assert.equal(await at(1), await at(1000));
  const later = plus(createdAt, days(2000));
  const { exp = 0 } = decodeJwt(await at(2000));
  assert.ok(exp * 1000 > later.getTime());
});

test("our key set is signed by the entity, for a day, and says no more than the plain one", async () => {
  const { keys } = own;
  const entity = await keys.entity();
  const now = plus(entity.createdAt, days(1));
  const signed = await federationDocuments.signedJwks({ publicUrl, keys, now });
  await compactVerify(signed, createPublicKey(entity.privateKey));
  assert.deepEqual(decodeProtectedHeader(signed), { alg: "RS256", typ: "jwk-set+jwt", kid: entity.kid });
  const { keys: set, iss, exp = 0 } = decodeJwt<{ keys: Record<string, string>[] }>(signed);
  assert.equal(iss, "https://vahva.example");
  assert.equal(exp, Math.floor(plus(now, days(1)).getTime() / 1000));
  const plain = JSON.parse(await federationDocuments.plainJwks({ keys }));
  assert.deepEqual(plain, { keys: set });
  assert.deepEqual(
    set.map(({ use, alg }) => [use, alg]),
    [
      ["sig", "RS256"],
      ["enc", undefined],
    ],
  );
  for (const key of set) assert.ok(!("d" in key) && !("p" in key));
});
