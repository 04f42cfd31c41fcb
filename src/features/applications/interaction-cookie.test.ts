import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import { Secret } from "../../kernel/secret.ts";
import { makeKeyring } from "../../platform/seal/index.ts";
import { makeInteractionCookie, type StoredInteraction } from "./interaction-cookie.ts";

const keyring = makeKeyring([new Secret("cookie".repeat(8))]);
const cookie = makeInteractionCookie({ keyring, secure: true });
const interaction: StoredInteraction = {
  params: { client_id: "wiki", state: "secret-state" },
  createdAt: new Date(0),
  expiresAt: new Date(1),
  journey: { id: "j", url: "/journey/j" },
  requirement: { strength: 2, notBefore: null, organisationId: null },
};

function written(act: (response: ServerResponse) => unknown): { header: string; request: IncomingMessage } {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  act(response);
  const header = [response.getHeader("set-cookie")].flat().join();
  request.headers.cookie = header.split(";")[0] ?? "";
  return { header, request };
}

test("a waiting request is sealed for its own address and tells nothing", () => {
  const { header, request } = written((response) => assert.ok(cookie.write(response, "uid-1", interaction)));
  assert.match(header, /^__Secure-vahva_request=.*Path=\/authorize\/uid-1;.*HttpOnly; Secure; SameSite=Lax/);
  assert.doesNotMatch(Buffer.from(header.split("=")[1] ?? "", "base64url").toString("latin1"), /secret-state/);
  assert.deepEqual(cookie.read(request, "uid-1"), { state: "waiting", interaction });
  assert.deepEqual(cookie.read(request, "uid-2"), { state: "none" });
});

test("a request in a row can't be claimed by a browser that was not given it", () => {
  const large = { ...interaction, params: { state: "s".repeat(5_000) } };
  const { request } = written((response) => assert.equal(cookie.write(response, "uid-1", large), false));
  assert.deepEqual(cookie.read(request, "uid-1"), { state: "stored" });
  assert.deepEqual(cookie.read(request, "uid-2"), { state: "none" });
  request.headers.cookie = "__Secure-vahva_request=in-row";
  assert.deepEqual(cookie.read(request, "uid-1"), { state: "none" });
});
