import { type Ordered, orderAddress } from "../authenticators/password/index.ts";
import {
  type Attempt,
  type Beginning,
  entryByPassword,
  type Form,
  type Journey,
  type Method,
  type Poster,
  type StepHandler,
  type StepPage,
  type StepView,
} from "../journey/index.ts";
import { type Category, categoryOf, type Organisation, permittedMethods } from "../organisations/index.ts";
import { type Way, waysOf } from "./domain/ways.ts";
import { waysPage } from "./pages.ts";
import { sentAddress } from "./password-link/index.ts";
import type { RecoveryDeps } from "./recovery-deps.ts";

/** What a guest gets instead of the ways (REC-5). */
export type GuestPart = Readonly<{
  page(view: StepView): Promise<StepPage>;
  attempt(journey: Journey, form: Form, poster: Poster): Promise<Attempt>;
}>;

export type ChooseWayDeps = Pick<RecoveryDeps, "brokers" | "methods"> &
  Readonly<{
    /** Sends what lets people choose a new password; the answer is the same whoever is known. */
    sendPasswordLink(
      wish: Readonly<{ name: string; organisationId: string | null }>,
      poster: Poster,
    ): Promise<"sent" | "too-many">;
    /** Orders a temporary one: likewise. */
    orderPassword(name: string, organisationId: string | null, poster: Poster): Promise<Ordered>;
    begin(beginning: Beginning): Promise<string>;
    guest: GuestPart;
  }>;

/** The category that what was typed tells, where the organisation is known. */
export const typedCategory = ({ organisation, requested }: Pick<Journey, "organisation" | "requested">): Category =>
  categoryOf(requested.loginHint ?? "", organisation?.emailCategories ?? {});

/** Which way back in: asked of everybody who types an address, whether it is known or not (REC-6). */
export function makeChooseWay({
  brokers,
  methods,
  sendPasswordLink,
  orderPassword,
  begin,
  guest,
}: ChooseWayDeps): StepHandler {
  const offered = (journey: Journey): readonly Way[] => {
    const { organisation } = journey;
    const category = typedCategory(journey);
    return waysOf({
      passwordWay: organisation?.policy.password.way ?? null,
      usesPasswords: usesPasswords(methods, organisation, category),
      canProve: brokers.provingFor(organisation, category).length > 0,
    });
  };
  const isGuest = (journey: Journey) => journey.organisation !== null && typedCategory(journey) === "guest";

  /** The sign-in to go back to. Nobody types their name twice, and no address of a page holds it. */
  const signInAfter = async (journey: Journey, { browserHash }: Poster, method: string | null) => {
    const { organisation, requested } = journey;
    const named = { loginHint: requested.loginHint ?? "" };
    const organisationId = organisation?.id ?? null;
    return signInOf(journey) ?? begin({ purpose: "sign-in", browserHash, organisationId, method, requested: named });
  };

  /** Leads on; what is refused elsewhere is said there. */
  const take = async (way: Way, journey: Journey, poster: Poster): Promise<Attempt> => {
    const { organisation } = journey;
    const slug = organisation?.slug ?? "";
    if (way === "reset")
      return {
        decide: () => async () => ({
          result: "shown",
          proofs: [{ kind: "recovery-way", authenticatorId: null }],
          event: { type: "recovery.way-chosen", detail: { way } },
        }),
      };
    if (way === "support") return leaveFor(`/recover/support?${new URLSearchParams({ organisation: slug })}`);
    const { organisationId } = journey;
    const name = journey.requested.loginHint ?? "";
    if (way === "order") {
      const said = await orderPassword(name, organisationId, poster);
      return leaveFor(orderAddress(slug, await signInAfter(journey, poster, entryByPassword), said));
    }
    if ((await sendPasswordLink({ name, organisationId }, poster)) === "sent")
      return leaveFor(sentAddress(organisation, await signInAfter(journey, poster, null)));
    return {
      decide: () => async () => ({
        result: "refused",
        notice: { key: "password-link:too-many", tone: "warn" },
        event: { type: "password-link.refused", detail: { reason: "too-many" } },
      }),
    };
  };

  return {
    kind: "recovery-way",
    amr: [],
    page: async (view) => (isGuest(view.journey) ? guest.page(view) : waysPage(view, offered(view.journey))),
    async attempt(journey, form, poster) {
      if (isGuest(journey)) return guest.attempt(journey, form, poster);
      const way = offered(journey).find((each) => each === form.way);
      return way ? take(way, journey, poster) : leaveFor(`/journey/${journey.id}`);
    },
  };
}

const leaveFor = (url: string): Attempt => ({ decide: () => async () => ({ result: "left", url }) });

/** The sign-in that the person came from, if any. */
const signInOf = ({ returnTo }: Journey): string | null =>
  /^\/journey\/([0-9a-f-]{36})$/.exec(returnTo ?? "")?.[1] ?? null;

/** Whether a method that people of `category` may use begins with a password; of an organisation that is not known, any does. */
function usesPasswords(methods: readonly Method[], organisation: Organisation | null, category: Category): boolean {
  if (!organisation) return true;
  const permitted = permittedMethods(organisation.policy, category);
  return methods.some(({ name, signIn }) => permitted.includes(name) && signIn[0] === "password");
}
