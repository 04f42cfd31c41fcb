import assert from "node:assert/strict";
import { keyFromBase32 } from "../../src/features/authenticators/totp/one-time-code.ts";
import type { Language } from "../../src/kernel/language.ts";
import { translator } from "../../src/platform/i18n/index.ts";
import { makePhone, rightPassword } from "../harness/people.ts";
import { type Hands, mouse, type Page, scanKey } from "../harness/real-browser.ts";
import type { MovableClock } from "../harness/service.ts";
import type { Watching } from "../harness/watching.ts";

type Walk = Readonly<{ page: Page; language: Language; see: Watching["see"]; hands?: Hands }>;

/** Begins at the page where one can't sign in, and stands at the choice of what happened. */
export async function toWays({ page, language, see, hands = mouse }: Walk, email: string): Promise<void> {
  const t = translator(language);
  await see(t("recovery:title"), "2-who");
  await hands.fill(page, { email });
  await see(t("recovery:ways"), "3-ways");
}

/** From the page that follows a reset: links an app, with a new password, and signs in with both. */
export async function backIn(
  { page, language, see, hands = mouse }: Walk,
  { email, clock }: { email: string; clock: MovableClock },
): Promise<void> {
  const t = translator(language);
  await hands.press(page, t("recovery-status:link"));
  await see(t("journey:choose-method", { context: "link-anew" }), "8-choose-method");
  await hands.press(page, t("totp:link-name"));
  await see(t("password:choose"), "9-password");
  await hands.fill(page, { new_password: rightPassword });
  await see(t("totp:link"), "10-app");
  const key = await scanKey(page);
  assert.ok(keyFromBase32(key));
  const phone = makePhone(key, clock);
  await hands.fill(page, { code: await phone.code() });
  await see(t("recovery:linked"), "11-linked");
  await hands.press(page, t("common:sign-in"));
  await see(t("journey:sign-in"), "12-sign-in");
  await hands.press(page, t("totp:continue"));
  await see(t("password:sign-in"), "13-password");
  await hands.fill(page, { username: email, password: rightPassword });
  await hands.fill(page, { code: await phone.code() });
  await see(t("account:title"), "14-account");
}
