import type { Propagation } from "../../src/features/directories/index.ts";
import type { StatusView } from "../../src/features/recovery/status/pages.ts";
import { translator } from "../../src/platform/i18n/index.ts";

export const statusPath = "/recover/status/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/** A directory that waits to be told of a reset. */
export const told = (given: Partial<Propagation> = {}): Propagation => ({
  id: "1",
  title: { en: "Microsoft 365" },
  kind: "graph",
  setUpUrl: "https://aka.ms/mfasetup",
  state: "waiting",
  attempts: 0,
  nextAttemptAt: new Date("2026-11-22T12:02:04Z"),
  madeAt: new Date("2026-11-22T12:02:04Z"),
  isPaused: false,
  endedAt: null,
  removed: null,
  total: null,
  left: [],
  hasPass: false,
  passShown: false,
  passRefused: false,
  ...given,
});

/** What the page of a reset is drawn from; `isOwn`: in the browser that made it. */
export function statusView({
  language = "en",
  isOwn = false,
  ...given
}: Partial<StatusView> & { isOwn?: boolean } = {}): StatusView {
  const fields = { form_token: "t" };
  return {
    t: translator(language),
    language,
    now: new Date("2026-11-22T12:02:30Z"),
    path: statusPath,
    organisation: "Revontuli University",
    provedBy: { en: "Suomi.fi e-Identification", fi: "Suomi.fi-tunnistus", sv: "Suomi.fi-identifikation" },
    provedAt: new Date("2026-11-22T12:02:04Z"),
    removed: 2,
    sessions: 3,
    madeAt: new Date("2026-11-22T12:02:04Z"),
    directories: [],
    pass: isOwn ? { action: `${statusPath}/pass`, fields } : null,
    linkAnew: "elsewhere",
    fields: isOwn ? fields : {},
    recoverPath: "/recover?organisation=revontuli",
    signInPath: "/sign-in?organisation=revontuli",
    ...given,
  };
}
