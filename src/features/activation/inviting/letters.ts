import type { Instant } from "../../../kernel/time.ts";
import type { Keyring } from "../../../platform/seal/index.ts";
import type { Random } from "../../../ports/random.ts";
import type { IssuedPassword } from "../../authenticators/password/index.ts";
import type { Outgoing } from "../../messages/index.ts";
import { type Account, homeOf, letterhead, type Organisation } from "../../organisations/index.ts";

/** A new link and PIN: what goes out in the two messages, and the hashes that are kept. */
export type Secrets = { url: string; tokenHash: Buffer; pin: string | null; pinHash: Buffer | null };

/**
 * Makes the two halves of an invitation (ACT-2): a link with a 256-bit token, and a PIN unless it goes out on request.
 * The PIN's hash is bound to the invitation, so that it fits no other.
 */
export function makeSecrets(
  { random, keyring, publicUrl }: { random: Random; keyring: Keyring; publicUrl: string },
  invitationId: string,
  { policy }: Organisation,
): Secrets {
  const token = random.bytes(32).toString("base64url");
  const pin = policy.invitation.pinOnRequest ? null : random.digits(6);
  return {
    url: `${publicUrl}/activate/${token}`,
    tokenHash: keyring.hash("activation-link", token),
    pin,
    pinHash: pin === null ? null : keyring.hash("pin", `${invitationId}:${pin}`),
  };
}

/** Whom an invitation is for, and until when. */
type Addressee = { id: string; account: Account; organisation: Organisation; expiresAt: Instant };

const frameOf = ({ id, account, organisation, expiresAt }: Addressee) => ({
  language: account.language,
  letterhead: letterhead(organisation),
  accountId: account.id,
  subjectId: id,
  expiresAt,
});

const applicationOf = ({ account, organisation }: Addressee) => homeOf(account, organisation)?.name ?? null;

/**
 * The messages of an account that is ready to sign in to with a temporary password: the user name by e-mail only, the
 * password by text message only.
 */
export function readyLetters(issued: IssuedPassword, publicUrl: string, addressee: Addressee): Outgoing[] {
  const { account, organisation, expiresAt } = addressee;
  if (account.phone === null) throw new Error("a temporary password has no phone to go to");
  const common = frameOf(addressee);
  return [
    {
      ...common,
      template: "account-ready",
      channel: "email",
      to: account.email,
      parameters: {
        firstName: account.givenName,
        application: applicationOf(addressee),
        url: `${publicUrl}/sign-in?organisation=${organisation.slug}&method=password`,
        userName: account.userName,
        phone: account.phone,
        until: expiresAt,
      },
    },
    {
      ...common,
      template: "temporary-password",
      channel: "sms",
      to: account.phone,
      parameters: { password: issued.password },
    },
  ];
}

/** The messages that carry them: the link by e-mail only, the PIN by text message only. */
export function letters({ url, pin }: Secrets, addressee: Addressee): Outgoing[] {
  const { account, expiresAt } = addressee;
  const common = frameOf(addressee);
  const email: Outgoing = {
    ...common,
    template: "invitation",
    channel: "email",
    to: account.email,
    parameters: {
      firstName: account.givenName,
      application: applicationOf(addressee),
      url,
      phone: account.phone,
      pinOnRequest: pin === null,
      until: expiresAt,
    },
  };
  if (pin === null || account.phone === null) return [email];
  return [email, { ...common, template: "pin", channel: "sms", to: account.phone, parameters: { pin } }];
}
