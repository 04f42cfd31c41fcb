import { makeBegin } from "../../src/features/journey/begin.ts";
import type { Account } from "../../src/features/organisations/index.ts";
import { makeBeginLinkAnew } from "../../src/features/recovery/link-anew.ts";
import { statusRoutes } from "../../src/features/recovery/status/status-routes.ts";
import { statusToken, statusTokenHash } from "../../src/features/recovery/status/token.ts";
import { insertRecovery } from "../../src/features/recovery/store.ts";
import { minutes, seconds } from "../../src/kernel/time.ts";
import { browserHash, makeHttp } from "../../src/platform/http/index.ts";
import { makeLog } from "../../src/platform/log/index.ts";
import { inWords } from "../harness/read-page.ts";
import { openDirectories } from "./directories.ts";

export type StatusGround = Awaited<ReturnType<typeof openStatusGround>>;

const cookie = "__Host-vahva_browser";

/** The page that follows a reset, over HTTP, with directories that do as they are told and people whose reset was just made. */
export async function openStatusGround() {
  const ground = await openDirectories();
  const { db, clock, deps, directories, organisation } = ground;
  const { keyring, random } = deps;
  const publicUrl = "https://login.example";
  const open = () => {
    const log = makeLog("silent");
    const http = makeHttp({ publicUrl, demo: false, trustedProxies: [], tls: null, keyring, random, clock, log });
    statusRoutes(http.app, {
      ...deps,
      directories,
      http,
      serviceTitle: (name) => (name === "suomifi" ? { en: "Suomi.fi e-Identification" } : null),
      beginLinkAnew: makeBeginLinkAnew({ db, clock, begin: makeBegin({ clock, random }) }),
      pace: { look: 20, beat: seconds(15), longest: minutes(15) },
    });
    return http;
  };
  const http = open();

  /** A browser with the id `id`; its answers are read whole. */
  const browser = (id = random.bytes(32).toString("base64url")) => {
    const headers = { cookie: `${cookie}=${id}`, "accept-language": "en" };
    const send = async (method: "GET" | "POST", url: string, fields: Record<string, string> = {}) => {
      const form = new URLSearchParams({ form_token: http.forms.token(id), ...fields });
      const answer = await http.app.inject({
        method,
        url,
        headers: { ...headers, ...(method === "POST" && { "content-type": "application/x-www-form-urlencoded" }) },
        ...(method === "POST" && { payload: form.toString() }),
      });
      return { status: answer.statusCode, to: answer.headers.location ?? null, page: inWords(answer.body) };
    };
    return {
      id,
      headers,
      get: (url: string) => send("GET", url),
      post: (url: string, fields?: Record<string, string>) => send("POST", url, fields),
    };
  };

  /** A reset that was made just now, in a browser of its own, with everything that its directories are to be told. */
  async function reset(given?: Account) {
    const account = given ?? (await ground.person());
    const own = browser();
    const [id, now] = [random.id(), clock.now()];
    const token = statusToken(keyring, id);
    await db.transaction().execute(async (tx) => {
      await insertRecovery(
        tx,
        {
          id,
          tokenHash: statusTokenHash(keyring, token),
          organisationId: organisation.id,
          accountId: account.id,
          browserHash: browserHash(own.id),
          epoch: account.epoch,
          provedBy: "suomifi",
          provedAt: now,
          removed: ["totp", "passkey"],
          sessions: 3,
          reference: "R4T-8QN-21",
          returnTo: null,
        },
        now,
      );
      await directories.tell(tx, account, "reset", { id, at: now });
    });
    return { id, account, own, path: `/recover/status/${token}` };
  }

  return { ...ground, open, browser, reset, http, close: () => http.app.close().then(ground.close) };
}
