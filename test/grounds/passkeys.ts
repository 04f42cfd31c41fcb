import assert from "node:assert/strict";
import { passkey } from "../../src/features/authenticators/passkey/index.ts";
import type { Beginning, StepView } from "../../src/features/journey/index.ts";
import { html } from "../../src/platform/pages/index.ts";
import { type Key, softwareAuthenticator, type Wrong } from "../doubles/software-authenticator.ts";
import { openGround } from "./authenticators.ts";
import { stepView } from "./step-view.ts";

export type PasskeyGround = Awaited<ReturnType<typeof openPasskeyGround>>;
export type Options = Parameters<ReturnType<typeof softwareAuthenticator>["create"]>[0] & {
  excludeCredentials?: { id: string; transports: string[] }[];
  allowCredentials?: { id: string }[];
} & Record<string, unknown>;

/** What the form with a passkey on it asks of the browser; `about` tells two of them apart. */
export function optionsOn(html: string, about = "(?:get|create)"): Options {
  const found = new RegExp(`data-passkey="${about}" data-options="([^"]*)"`).exec(html)?.[1];
  assert.ok(found, html);
  return JSON.parse(found.replaceAll("&quot;", '"'));
}

/** The ground of methods with passkeys on it, permitted beside the app, and an authenticator in software. */
export async function openPasskeyGround({ publicUrl = "https://login.example" } = {}) {
  const ground = await openGround();
  const { db } = ground;
  const room = passkey({ ...ground.node, publicUrl });
  const node = ground.openNode({ extra: [room.method] });
  const device = softwareAuthenticator({ origin: publicUrl });

  const setPolicy = (policy: object, organisationId = ground.organisation.id) =>
    db
      .updateTable("organisation")
      .set({ policy: JSON.stringify(policy) })
      .where("id", "=", organisationId)
      .execute();
  const permit = (permitted: string[], organisationId?: string) =>
    setPolicy({ methods: { staff: { permitted } } }, organisationId);
  await permit(["passkey", "totp"]);

  type Where = { browser?: string };
  const post = (id: string, form: Record<string, string>, { browser = "browser" }: Where = {}) =>
    ground.post(id, form, { browser, on: node });
  const page = (id: string, { browser = "browser" }: Where = {}) => ground.page(id, { browser, on: node });
  const asked = async (id: string, where: Where = {}) => optionsOn((await page(id, where)).text);

  /** What is drawn below the first page of a sign-in. */
  const alongside = async (id: string) => {
    const form: StepView["form"] = (content) => html`<form>${content}</form>`;
    const view = { ...stepView(), journey: await ground.read(id), now: ground.clock.now(), form };
    return `${await room.method.alongside?.(view)}`;
  };

  /** An activation at the step that makes a passkey. */
  const beginLinking = async (name: string, browser = "browser", organisationId?: string) => {
    const account = await ground.createAccount(name, organisationId);
    const id = await ground.beginActivation(account, browser);
    await post(id, { step: "choose", method: "passkey" }, { browser });
    return { account, id };
  };
  /** An active account with a passkey, by an activation in a browser of its own. */
  const activated = async (
    name: string,
    { algorithm, wrong, organisationId }: { algorithm?: Key["algorithm"]; wrong?: Wrong; organisationId?: string } = {},
  ) => {
    const browser = `${name}'s own`;
    const { account, id } = await beginLinking(name, browser, organisationId);
    const { key, response } = device.create(await asked(id, { browser }), wrong, algorithm);
    const last = await post(id, { step: "passkey-link", response }, { browser });
    assert.equal(last.to, "destination");
    return { account, key };
  };
  /** A sign-in at the step that asks for a passkey. */
  const beginSigningIn = async (beginning: Partial<Beginning> & Where = {}) => {
    const id = await ground.begin(beginning);
    await post(id, { step: "choose", method: "passkey" }, beginning);
    return id;
  };
  /** From a new sign-in to what comes of using `key`. */
  const use = async (key: Key, wrong: Wrong = {}, beginning: Partial<Beginning> & Where = {}) => {
    const id = await beginSigningIn(beginning);
    const result = await post(
      id,
      { step: "passkey", response: device.get(await asked(id, beginning), key, wrong) },
      beginning,
    );
    return { id, result };
  };

  return {
    ...ground,
    /** An active account with a password and an app. */
    withApp: ground.activated,
    room,
    node,
    device,
    permit,
    setPolicy,
    post,
    page,
    asked,
    alongside,
    beginLinking,
    activated,
    beginSigningIn,
    use,
    passkeysOf: (accountId: string) =>
      db
        .selectFrom("passkey")
        .innerJoin("authenticator", "authenticator.id", "passkey.authenticator_id")
        .selectAll()
        .where("passkey.account_id", "=", accountId)
        .execute(),
    /** Why the last passkey was refused, as the audit tells. */
    lastReason: async (type: string) => {
      const event = (await ground.events(type)).at(-1);
      const detail: unknown = event?.detail;
      return typeof detail === "object" && detail !== null && "reason" in detail ? detail.reason : undefined;
    },
  };
}
