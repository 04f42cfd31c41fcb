import { randomBytes, randomUUID } from "node:crypto";
import { type Answer, type GraphUser, problem, type StoredMethod, type World } from "./world.ts";

export const phoneIds = {
  mobile: "3179e48a-750b-4051-897c-87b9720928f7",
  alternateMobile: "b6332ec1-7057-4abe-9331-3d72feddfe41",
  office: "e37fc753-ff3b-4958-9484-eaa9425c82bc",
} as const;

/** In Microsoft's words. */
const defaultWords = [
  () => "Cannot delete default method with other methods configured. Please change default method before deletion.",
  (id: string) =>
    `The requested authentication method id of [${id}] matches the user's current default authentication method, and cannot be deleted until the default authentication method is changed`,
] as const;

const segments: Readonly<Record<string, string>> = {
  temporaryAccessPass: "temporaryAccessPassMethods",
  fido2: "fido2Methods",
  windowsHelloForBusiness: "windowsHelloForBusinessMethods",
  platformCredential: "platformCredentialMethods",
  softwareOath: "softwareOathMethods",
  hardwareOath: "hardwareOathMethods",
  external: "externalAuthenticationMethods",
  email: "emailMethods",
  microsoftAuthenticator: "microsoftAuthenticatorMethods",
  phone: "phoneMethods",
};
/** Only the beta version of Graph knows them. */
const betaOnly = ["hardwareOath"];

/** What lists show, what has gone from the store a moment ago too. */
export function listMethods(user: GraphUser, version: string, { clock, behaviour }: World): Answer {
  const now = clock.now().getTime();
  const lagging = user.removed.filter(({ goneAt }) => goneAt && goneAt.getTime() + behaviour.lag > now);
  const password: StoredMethod = {
    type: "password",
    id: "28c10230-6103-485e-b985-444c60001490",
    createdAt: new Date(0),
  };
  const shown = [password, ...user.methods, ...lagging].filter(
    ({ type }) => version === "beta" || !betaOnly.includes(type),
  );
  const value = shown.map((method) => ({
    "@odata.type": `#microsoft.graph.${method.type}AuthenticationMethod`,
    id: method.id,
    ...(behaviour.tellsCreation && { createdDateTime: secondsOnly(method.createdAt) }),
    ...(method.phoneNumber && { phoneNumber: method.phoneNumber }),
    ...(method.emailAddress && { emailAddress: method.emailAddress }),
  }));
  return { status: 200, body: { value } };
}

const secondsOnly = (instant: Date): string => instant.toISOString().replace(/\.\d+Z$/u, "Z");

type Wanted = Readonly<{ version: string; segment: string; id: string }>;

export function deleteMethod(user: GraphUser, { version, segment, id }: Wanted, { clock, behaviour }: World): Answer {
  if (segment === "passwordMethods") return problem(405, "methodNotAllowed", "Passwords are not deleted.");
  const method = user.methods.find((one) => one.id === id && segments[one.type] === segment);
  if (!method || (betaOnly.includes(method.type) && version !== "beta"))
    return problem(404, "resourceNotFound", "The requested authentication method was not found.");
  const others = user.methods.filter((one) => one !== method && one.type !== "temporaryAccessPass");
  if (user.defaultMethodId === id && others.length > 0)
    return problem(400, "badRequest", defaultWords[behaviour.defaultWords](id));
  if (id === phoneIds.mobile && user.methods.some((one) => one.id === phoneIds.alternateMobile))
    return problem(400, "badRequest", "The mobile phone can't be removed while there is an alternate mobile phone.");
  user.methods = user.methods.filter((one) => one !== method);
  user.removed.push({ ...method, goneAt: clock.now() });
  return { status: 204 };
}

/** A person has one usable pass: a new one takes the place of the old. */
export function issuePass(user: GraphUser, body: unknown, { clock, behaviour }: World): Answer {
  if (user.userType === "Guest" || !behaviour.allowsPasses)
    return problem(400, "badRequest", "Temporary Access Pass cannot be added: the policy does not allow it.");
  const given = typeof body === "object" && body !== null ? body : {};
  const minutes = "lifetimeInMinutes" in given ? given.lifetimeInMinutes : 60;
  const isUsableOnce = "isUsableOnce" in given ? given.isUsableOnce : false;
  if (typeof minutes !== "number" || minutes < 10 || minutes > 43_200 || typeof isUsableOnce !== "boolean")
    return problem(400, "badRequest", "lifetimeInMinutes is not allowed.");
  const isOld = ({ type }: StoredMethod) => type === "temporaryAccessPass";
  user.removed.push(...user.methods.filter(isOld).map((method) => ({ ...method, goneAt: clock.now() })));
  const pass = {
    type: "temporaryAccessPass",
    id: randomUUID(),
    createdAt: clock.now(),
    lifetimeInMinutes: minutes,
    isUsableOnce,
  };
  user.methods = [...user.methods.filter((method) => !isOld(method)), pass];
  return {
    status: 201,
    body: {
      id: pass.id,
      temporaryAccessPass: randomBytes(6).toString("base64url"),
      isUsable: true,
      methodUsabilityReason: "EnabledByPolicy",
      createdDateTime: secondsOnly(pass.createdAt),
      startDateTime: secondsOnly(pass.createdAt),
      lifetimeInMinutes: minutes,
      isUsableOnce,
    },
  };
}
