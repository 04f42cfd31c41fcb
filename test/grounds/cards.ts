import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { makeArrive } from "../../src/features/authenticators/certificate/arrive.ts";
import { certificate } from "../../src/features/authenticators/certificate/index.ts";
import { makePresent } from "../../src/features/authenticators/certificate/present.ts";
import type { Form } from "../../src/features/journey/index.ts";
import { days, plus } from "../../src/kernel/time.ts";
import type { CertificateChecker, CertificateFacts, CertificateReport } from "../../src/ports/certificate-checker.ts";
import { type Ground, openGround } from "./authenticators.ts";

export const passes: CertificateReport["checks"] = [
  { name: "readable", state: "passed" },
  { name: "issuer", state: "passed" },
  { name: "validity", state: "passed" },
  { name: "revocation", state: "passed" },
];

/** What a checker says of a certificate: a good one of Aino's, unless told otherwise. */
export function report(
  given: Partial<CertificateReport> = {},
  facts: Partial<CertificateFacts> = {},
): CertificateReport {
  return {
    verdict: "good",
    unchecked: false,
    checks: passes,
    certificate: {
      subject: {
        commonName: "Virtanen Aino 99900001N",
        surname: "Virtanen",
        givenName: "Aino",
        organisation: "Koivula",
        serialNumber: "99900001N",
      },
      issuer: "Test Cards CA",
      issuerHash: "aa".repeat(32),
      serial: "1a2b",
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: plus(new Date(), days(1000)),
      fingerprint: "bb".repeat(32),
      publicKeyHash: "cc".repeat(32),
      alternativeNames: [],
      ...facts,
    },
    authority: "test-cards",
    revocation: { answer: "good", by: "ocsp", statedAt: new Date("2026-11-22T08:00:00Z"), trouble: [] },
    ...given,
  };
}

/** A checker that reads the report from the "certificate" itself. */
export const scriptedChecker: CertificateChecker = {
  check: async (der) =>
    JSON.parse(Buffer.from(der).toString(), (key, value) =>
      ["notBefore", "notAfter", "statedAt"].includes(key) && value ? new Date(value) : value,
    ),
  issuers: [],
  refresh: async () => {},
  inspect: async () => [],
};

export type CardGround = Awaited<ReturnType<typeof openCardGround>>;

/** The ground of methods with cards among them, and what stands for browser and card listener. */
export async function openCardGround({ comparing = [] }: { comparing?: readonly string[] } = {}) {
  const ground: Ground = await openGround();
  const cards = {
    checker: scriptedChecker,
    address: "https://*.card.example",
    comparing: new Set(comparing),
  };
  const deps = { ...ground.node, cards };
  const room = certificate(deps);
  const permit = (organisationId: string, permitted: readonly string[] = ["certificate", "totp"]) =>
    ground.db
      .updateTable("organisation")
      .set({ policy: JSON.stringify({ methods: { staff: { permitted } } }) })
      .where("id", "=", organisationId)
      .execute();
  await permit(ground.organisation.id);
  const node = ground.openNode({ extra: [room.method] });
  const present = makePresent(deps);
  const arrive = makeArrive(deps);
  const hashOf = (browser: string): Buffer => createHash("sha256").update(browser).digest();
  const origin = (browser: string) => ({
    browserHash: hashOf(browser),
    network: "192.0.2.1",
    browser: "Firefox",
    reference: "ref",
  });

  const post = (id: string, form: Form, browser = "browser") => ground.post(id, form, { browser, on: node });

  /** Leaves the page of the journey's step; the one-time path. */
  async function leave(id: string, step = "certificate", browser = "browser"): Promise<string> {
    const left = await post(id, { step, show: "yes" }, browser);
    assert.ok(left.to === "elsewhere", JSON.stringify(left));
    const url = new URL(left.url);
    assert.match(url.hostname, /^[0-9a-f]{16}\.card\.example$/);
    return url.pathname.slice(1);
  }

  /** What the card listener makes of a certificate; the code. */
  async function showAt(path: string, shown: CertificateReport | null, vouched = true): Promise<string> {
    const handed = await present({ path, der: shown && Buffer.from(JSON.stringify(shown)), vouched });
    assert.ok(handed.to === "return", JSON.stringify(handed));
    return handed.code;
  }

  /** Comes back with a code. */
  async function comeBack(code: string, browser = "browser") {
    const came = await arrive({ code, browserHash: hashOf(browser) });
    if (came.to !== "judge") return came;
    return node.arrive({ ...came, origin: origin(browser), sessionCookie: null });
  }

  /** Out and back with a certificate. */
  const show = async (
    id: string,
    shown: CertificateReport | null,
    { step = "certificate", browser = "browser", vouched = true } = {},
  ) => comeBack(await showAt(await leave(id, step, browser), shown, vouched), browser);

  /** A journey of a new account at the step of linking a card. */
  async function beginLinking(name: string, organisationId?: string) {
    const account = await ground.createAccount(name, organisationId);
    const id = await ground.beginActivation(account, name);
    await post(id, { step: "choose", method: "certificate" }, name);
    return { account, id, browser: name };
  }

  /** An active account with this card. */
  async function linked(name: string, shown: CertificateReport, organisationId?: string) {
    const { account, id, browser } = await beginLinking(name, organisationId);
    const ended = await show(id, shown, { step: "certificate-link", browser });
    assert.equal(ended.to, "destination", JSON.stringify(ended));
    return account;
  }

  /** A sign-in at the step that asks for the card. */
  async function beginSignIn(given: Parameters<Ground["begin"]>[0] = {}) {
    const id = await ground.begin(given);
    await post(id, { step: "choose", method: "certificate" }, given.browser);
    return id;
  }

  return {
    ...ground,
    /** Another one, which permits cards too. */
    createOrganisation: async (slug: string) => {
      const organisation = await ground.createOrganisation(slug);
      await permit(organisation.id);
      return organisation;
    },
    room,
    node,
    deps,
    present,
    leave,
    showAt,
    comeBack,
    show,
    post,
    beginLinking,
    linked,
    beginSignIn,
    page: (id: string, browser = "browser") => ground.page(id, { browser, on: node }),
  };
}
