import type { Db } from "../../../platform/database/index.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Random } from "../../../ports/random.ts";
import type { Method, MethodRule } from "../../journey/index.ts";
import { makeAskPasskey } from "./ask-passkey.ts";
import { allowsPasskeys, relyingPartyAt } from "./domain/relying-party.ts";
import { makeLinkPasskey } from "./link-passkey.ts";
import { hasPasskeys } from "./store.ts";

/** What the pure decisions know of the method. */
export const passkeyRule = {
  name: "passkey",
  strength: 2,
  signIn: ["passkey"],
  link: [{ kind: "passkey-link" }],
} as const satisfies MethodRule;

export type PasskeyRoom = Readonly<{
  method: Method;
  /**
   * Looks whether anybody has a passkey yet. Until then none is offered to whoever comes without an organisation, since it
   * could not succeed (SIN-1). To be called at the start, and now and then for what other nodes have linked.
   */
  look(): Promise<void>;
}>;

/** The method "passkey" (WebAuthn), for the host name of the public address. */
export function passkey(deps: { db: Db; clock: Clock; random: Random; publicUrl: string }): PasskeyRoom {
  const relyingParty = relyingPartyAt(deps.publicUrl);
  let inUse = false;
  const onLinked = () => {
    inUse = true;
  };
  const room = { ...deps, relyingParty, onLinked };
  const { handler, alongside } = makeAskPasskey(room);
  return {
    method: {
      ...passkeyRule,
      steps: [handler, makeLinkPasskey(room)],
      isOffered: (organisation) => allowsPasskeys(relyingParty) && (organisation !== null || inUse),
      alongside,
      several: true,
      icon: "passkey",
      words: {
        name: "passkey:name",
        signIn: "passkey:continue",
        signInNote: "passkey:continue-note",
        link: "passkey:name",
        linkNote: "passkey:link-note",
      },
    },
    async look() {
      inUse ||= await hasPasskeys(deps.db);
    },
  };
}
