import { type Instant, plus } from "../../../kernel/time.ts";
import type { Tx } from "../../../platform/database/index.ts";
import {
  type Attempt,
  type Authenticator,
  insertAuthenticator,
  type Journey,
  linkNotices,
  type Notice,
  type Outcome,
  type StepHandler,
} from "../../journey/index.ts";
import { offerChallenge, useChallenge } from "./challenge-store.ts";
import { parseCreated } from "./domain/answer.ts";
import type { MadePasskey } from "./domain/passkey.ts";
import { passkeyName } from "./domain/passkey-name.ts";
import { creationOptions } from "./options.ts";
import { linkPage } from "./pages.ts";
import { challengeLifetime, challengeSize, type PasskeyDeps } from "./passkey-deps.ts";
import { insertPasskey, isTaken, listPasskeys, userHandle } from "./store.ts";
import { type Fault, verifyCreated } from "./verify.ts";

const kind = "passkey-link";

/** A handle of 64 bytes is as long as one may be (WebAuthn §5.4.3), and can be anybody's. */
const handleSize = 64;

/** Links a passkey that the browser has just made: at activation (ACT-7), or one more by the person (USR-4). */
export function makeLinkPasskey(deps: PasskeyDeps & { onLinked(): void }): StepHandler {
  const { db, clock, random, relyingParty } = deps;
  return {
    kind,
    amr: [],
    async page(view) {
      const { account, organisation } = ownerOf(view.journey);
      const { now } = view;
      const made = {
        journeyId: view.journey.id,
        kind,
        challenge: random.bytes(challengeSize),
        until: plus(now, challengeLifetime),
      };
      const [challenge, handle, known] = await Promise.all([
        offerChallenge(db, made, now),
        userHandle(db, account.id, random.bytes(handleSize)),
        listPasskeys(db, account.id),
      ]);
      const options = creationOptions({
        relyingParty,
        challenge,
        handle,
        organisation: organisation.authenticatorName,
        userName: account.userName,
        displayName: `${account.givenName} ${account.familyName}`,
        known,
      });
      return linkPage(view, options);
    },
    async attempt(journey, form, { browser }) {
      if (!form.response) return refusal({ key: "passkey:no-script" }, "no-answer");
      const challenge = await useChallenge(db, { journeyId: journey.id, kind }, clock.now());
      const answer = parseCreated(form.response);
      if (!answer) return refusal({ key: "passkey:refused" }, "malformed");
      if (!challenge) return refusal({ key: "passkey:expired", tone: "warn" }, "expired");
      const made = await verifyCreated(answer, { challenge, relyingParty });
      if (typeof made === "string") return refusal({ key: "passkey:refused" }, made);
      const name = passkeyName(form.name ?? "") ?? passkeyName(browser);
      return { decide: (tx, now) => (journey) => link(deps, tx, journey, { ...made, name }, now) };
    },
  };
}

/** A journey gets here only once it is known whose it is. */
function ownerOf({ account, organisation }: Journey) {
  if (!account || !organisation) throw new Error("a passkey is linked for nobody");
  return { account, organisation };
}

async function link(
  { random, onLinked }: Pick<PasskeyDeps, "random"> & { onLinked(): void },
  tx: Tx,
  journey: Journey,
  { name, ...made }: MadePasskey & { name: string | null },
  now: Instant,
): Promise<Outcome> {
  const { account, organisation } = ownerOf(journey);
  if (await isTaken(tx, made.credentialId)) return refused({ key: "passkey:taken", tone: "warn" }, "taken");
  const linked: Authenticator = { id: random.id(), method: "passkey", name, linkedAt: now, lastUsedAt: null };
  await insertAuthenticator(tx, account.id, linked);
  await insertPasskey(tx, { ...made, id: linked.id, accountId: account.id });
  onLinked();
  return {
    result: "shown",
    proofs: [
      { kind, authenticatorId: linked.id },
      { kind: "passkey", authenticatorId: linked.id },
    ],
    linked: [linked],
    event: { type: "method.linked", detail: { method: "passkey", authenticator: linked.id } },
    messages: await linkNotices(tx, account, organisation, "passkey", now),
  };
}

type Reason = Fault | "no-answer" | "malformed" | "expired" | "taken";

const refused = (notice: Notice, reason: Reason): Outcome => ({
  result: "refused",
  notice,
  event: { type: "method.link-refused", detail: { method: "passkey", reason } },
});

const refusal = (notice: Notice, reason: Reason): Attempt => ({
  decide: () => async () => refused(notice, reason),
});
