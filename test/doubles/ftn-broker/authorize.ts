import { randomBytes } from "node:crypto";
import { personClaims } from "./claims.ts";
import { meansPage, peoplePage, refusedPage } from "./pages.ts";
import type { TestPerson } from "./people.ts";
import { type Request, readRequest } from "./request.ts";
import type { World } from "./world.ts";

/** Who may fetch an ID token by a code, once. */
export type Grant = Readonly<{
  redirectUri: string;
  nonce: string;
  challenge: string | null;
  person: TestPerson;
  authenticatedAt: Date;
}>;

/** What the browser sees next: a page, or an address to go to. */
export type Shown = Readonly<{ status: number; html: string } | { location: string }>;

/** The broker's side that people see: a request becomes a page of choices, and a choice a code. It needs no cookies. */
export function makeAuthorization(world: World, grants: Map<string, Grant>) {
  const { profile, surface, people } = world;
  const pending = new Map<string, { request: Request; means: string | undefined }>();

  const peopleWith = (means: string) =>
    people.filter(
      (person) => personClaims[profile](person) && (surface.means[means] ?? "FI") === person.identity.country,
    );

  function show(transaction: string): Shown {
    const { request, means } = pending.get(transaction) ?? {};
    if (!request) return { status: 400, html: refusedPage("this page is too old") };
    const shown = { transaction, language: request.language };
    const html =
      means === undefined
        ? meansPage(shown, request.means)
        : peoplePage(shown, means, surface.chosenBy ? peopleWith(means) : people);
    return { status: 200, html };
  }

  /** Back to the client, as the person ended it, or as a switch says. */
  function back({ redirectUri, state }: Request, outcome: Readonly<Record<string, string>>): Shown {
    const usual = { ...outcome, state, ...(surface.namesIssuer && { iss: surface.issuer }) };
    const failed = (error: string) => ({ ...usual, code: "", error, error_description: "ei%20onnistunut" });
    const detours = {
      "other-state": { ...usual, state: randomBytes(32).toString("base64url") },
      "no-state": { ...usual, state: "" },
      "other-iss": { ...usual, iss: "https://another-broker.example" },
      "no-iss": { ...usual, iss: "" },
      "no-code": { ...usual, code: "" },
      login_required: failed("login_required"),
      invalid_request: failed("invalid_request"),
      server_error: failed("server_error"),
    };
    const detour = world.take("back");
    const location = new URL(redirectUri);
    for (const [name, value] of Object.entries(detour ? detours[detour] : usual))
      if (value) location.searchParams.set(name, value);
    return { location: location.href };
  }

  return {
    async open(given: URLSearchParams): Promise<Shown> {
      const read = await readRequest(given, world);
      const refused = "refused" in read ? read.refused : null;
      const claims = "refused" in read ? read.claims : read.request.claims;
      world.note({ at: "authorize", refused, ...(claims && { claims }) });
      if ("refused" in read) return { status: 400, html: refusedPage(read.refused) };
      const transaction = randomBytes(16).toString("hex");
      const { means } = read.request;
      // Telia starts a single means at once; who has no list at all goes straight to the person.
      pending.set(transaction, { request: read.request, means: means.length > 1 ? undefined : (means[0] ?? "login") });
      return show(transaction);
    },

    choose(given: URLSearchParams): Shown {
      const transaction = given.get("transaction") ?? "";
      const at = pending.get(transaction);
      const means = given.get("means");
      if (at && means && at.request.means.includes(means)) pending.set(transaction, { ...at, means });
      const person = people.find(({ id }) => id === given.get("person"));
      if (!at || !(person || given.has("cancel"))) return show(transaction);
      pending.delete(transaction);
      if (!person) return back(at.request, { error: surface.cancel, error_description: "user cancelled" });
      const code = randomBytes(surface.codeBytes).toString("base64url");
      const { redirectUri, nonce, claims } = at.request;
      const challenge = typeof claims.code_challenge === "string" ? claims.code_challenge : null;
      grants.set(code, { redirectUri, nonce, challenge, person, authenticatedAt: world.clock.now() });
      return back(at.request, { code });
    },
  };
}
