import type { Keyring } from "../../platform/seal/index.ts";
import type { Purpose, StepHandler } from "../journey/index.ts";
import { recoverAddress } from "./pages.ts";
import { statusToken } from "./status/token.ts";

type Parts = Readonly<{
  keyring: Pick<Keyring, "hash">;
  steps: readonly StepHandler[];
  reset: Purpose["finish"];
}>;

/** From an address that was typed to a proof of whose it is. At its end nobody is signed in (REC-7). */
export const recoveryPurpose = ({ keyring, steps, reset }: Parts): Purpose => ({
  name: "recovery",
  steps,
  signsIn: false,
  endsOthers: true,
  finish: reset,
  destination: ({ id, accountId, organisation }) =>
    accountId === null ? recoverAddress(organisation) : `/recover/status/${statusToken(keyring, id)}`,
  beginAgain: ({ organisation }) => recoverAddress(organisation),
});
