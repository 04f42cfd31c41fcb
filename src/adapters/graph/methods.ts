import { createHash } from "node:crypto";
import { z } from "zod";
import type { Instant } from "../../kernel/time.ts";

/**
 * What Graph calls each kind (`#microsoft.graph.<kind>AuthenticationMethod`), where it is deleted, and what people are told it
 * is. In the order of removal: whoever has a phone number as default can't lose it before the others.
 */
const removable = {
  temporaryAccessPass: { segment: "temporaryAccessPassMethods", name: "Temporary Access Pass" },
  fido2: { segment: "fido2Methods", name: "FIDO2 security key or passkey" },
  windowsHelloForBusiness: { segment: "windowsHelloForBusinessMethods", name: "Windows Hello for Business" },
  platformCredential: { segment: "platformCredentialMethods", name: "platform credential of a Mac" },
  softwareOath: { segment: "softwareOathMethods", name: "code app" },
  hardwareOath: { segment: "hardwareOathMethods", name: "hardware token" },
  external: { segment: "externalAuthenticationMethods", name: "external method" },
  email: { segment: "emailMethods", name: "e-mail address for password reset" },
  microsoftAuthenticator: { segment: "microsoftAuthenticatorMethods", name: "Microsoft Authenticator" },
  phone: { segment: "phoneMethods", name: "phone number" },
} as const;

export type RemovableKind = keyof typeof removable;
// Object.keys tells strings only; these are the keys of the table above.
export const removableKinds = Object.keys(removable) as [RemovableKind, ...RemovableKind[]];

/** A person has one number of each type. The alternate one goes before the mobile one, as Graph demands. */
const phones: Readonly<Record<string, string>> = {
  "b6332ec1-7057-4abe-9331-3d72feddfe41": "alternate mobile",
  "e37fc753-ff3b-4958-9484-eaa9425c82bc": "office",
  "3179e48a-750b-4051-897c-87b9720928f7": "mobile",
};
const phoneOrder = Object.keys(phones);

/** A method as Graph lists it. */
export type Listed = Readonly<{
  /** Null for kinds that we don't know how to remove. */
  kind: RemovableKind | null;
  id: string;
  name: string;
  /** A hash of the number or address, for kinds whose ids outlive them; null for others. */
  mark: string | null;
  createdAt: Instant | null;
}>;

const item = z.looseObject({
  "@odata.type": z.string(),
  id: z.string().min(1),
  createdDateTime: z.string().nullish(),
  // As the documentation's own example of a security key has it.
  creationDateTime: z.string().nullish(),
  phoneNumber: z.string().nullish(),
  emailAddress: z.string().nullish(),
});

/** Whatever of an account's list is no password, in the order of removal; null when it is no list of methods. */
export function readMethods(userId: string, values: readonly unknown[]): readonly Listed[] | null {
  const { success, data } = z.array(item).safeParse(values);
  if (!success) return null;
  const methods = data
    .filter((each) => typeOf(each["@odata.type"]) !== "password")
    .map((each) => readOne(userId, each));
  return methods.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function readOne(userId: string, given: z.infer<typeof item>): Listed {
  const type = typeOf(given["@odata.type"]);
  const kind = isRemovable(type) ? type : null;
  const value = given.phoneNumber ?? given.emailAddress ?? null;
  const created = new Date(given.createdDateTime ?? given.creationDateTime ?? "");
  return {
    kind,
    id: given.id,
    name: nameOf(kind, given.id, type),
    mark: value === null ? null : markOf(userId, value),
    createdAt: Number.isNaN(created.getTime()) ? null : created,
  };
}

/** Where a method is deleted, below the user's own address. */
export const pathOf = (kind: RemovableKind, id: string): string =>
  `/authentication/${removable[kind].segment}/${encodeURIComponent(id)}`;

const typeOf = (odataType: string): string =>
  odataType.replace(/^#?microsoft\.graph\./u, "").replace(/AuthenticationMethod$/u, "");

const isRemovable = (type: string): type is RemovableKind => Object.hasOwn(removable, type);

function nameOf(kind: RemovableKind | null, id: string, type: string): string {
  if (kind === null) return `unknown kind of method (${/^\w{1,60}$/u.test(type) ? type : "unnamed"})`;
  const phone = kind === "phone" ? phones[id] : undefined;
  return phone ? `${removable[kind].name} (${phone})` : removable[kind].name;
}

const rankOf = ({ kind, id }: Listed): number =>
  kind === null ? -1 : removableKinds.indexOf(kind) * 10 + (kind === "phone" ? phoneOrder.indexOf(id) : 0);

const markOf = (userId: string, value: string): string =>
  createHash("sha256")
    .update(`${userId}\n${value.replace(/\s/gu, "").toLowerCase()}`)
    .digest("base64url");
