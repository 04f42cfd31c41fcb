import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type ProxyName, startCardProxy } from "../doubles/card-proxy.ts";
import { openCardService, takesUpSessions } from "../grounds/card-service.ts";
import { freePort } from "../harness/free-port.ts";
import { part } from "../harness/parts.ts";
import { makeOrganisation } from "../harness/people.ts";

const policy = { methods: { staff: { permitted: ["certificate", "passkey"] } } };

/** The whole service with a real proxy before its card listener. */
async function open(t: TestContext, name: ProxyName) {
  const port = await freePort();
  const service = await openCardService({
    env: {
      VAHVA_CARD_URL: `https://card.localhost:${port}`,
      VAHVA_CARD_HEADER: name,
      VAHVA_CARD_PROXIES: "127.0.0.1",
    },
  });
  t.after(() => service.close());
  const { issuers, chain } = service.pki.authority();
  const proxy = await startCardProxy(name, {
    port,
    backend: service.cardPort,
    tls: service.pki.tls,
    authorities: `${issuers}${chain}`,
  });
  t.after(() => proxy.stop());
  return { ...service, proxyPort: port };
}

for (const name of ["nginx", "haproxy"] as const) {
  const missing = [part("openssl"), part(name)].find((each) => "missing" in each);
  const skip = missing !== undefined && "missing" in missing && missing.missing;

  test(`SIN-4 T37 T38 cards behind ${name}: linked, signed in, and a browser's own headers count for nothing`, {
    skip,
  }, async (t) => {
    const service = await open(t, name);
    const koivula = await makeOrganisation(service, "koivula", { policy });
    await service.activated(koivula, "ec");
    const path = `/sign-in?organisation=${koivula.slug}&to=account`;
    assert.equal((await service.show(await service.toSignIn(path), "ec")).path, "/account");
    assert.match((await service.show(await service.toSignIn(path), "rsa")).heading, /not linked to any account/);
    assert.match((await service.show(await service.toSignIn(path), null)).heading, /We did not receive a certificate/);

    const spoofs = {
      "X-SSL-Client-Cert":
        name === "nginx" ? encodeURIComponent(service.pki.pem("ec")) : service.pki.der("ec").toString("base64"),
      "X-SSL-Client-Verify": name === "nginx" ? "SUCCESS" : "0",
    };
    for (const [card, heading] of [
      [null, /We did not receive a certificate/],
      ["rsa", /not linked to any account/],
    ] as const) {
      const visitor = await service.toSignIn(path);
      const answer = await service.present(await service.leave(visitor), card, { headers: spoofs });
      assert.match((await visitor.get(answer.location)).heading, heading, String(card));
    }
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const reused = await takesUpSessions({ port: service.proxyPort, ca: service.pki.tls.ca }, version);
      assert.equal(reused, false, version);
    }
  });

  test(`SIN-12 a card that ${name} does not verify is told what is wrong with it`, {
    skip,
  }, async (t) => {
    const service = await open(t, name);
    const koivula = await makeOrganisation(service, "koivula", { policy });
    for (const [card, heading] of [
      ["expired", /has expired/],
      ["server", /can’t be used here/],
    ] as const) {
      const visitor = await service.toSignIn(`/sign-in?organisation=${koivula.slug}`);
      const answer = await service.present(await service.leave(visitor), card);
      assert.match((await visitor.get(answer.location)).heading, heading, card);
    }
  });
}
