import type { Actor } from "../audit/index.ts";
import { type OrganisationDeps, type OrganisationResult, slugTaken } from "./create-organisation.ts";
import { changes } from "./domain/changes.ts";
import { mergePatch } from "./domain/merge-patch.ts";
import type { Organisation } from "./domain/organisation.ts";
import { parseChangedSettings, parsePolicy } from "./domain/settings.ts";
import { isSlugTaken, lockOrganisation, logoHash, saveOrganisation } from "./store.ts";

/**
 * Changes the settings that `input` holds and leaves the others (`domain/settings.ts` has the shapes). `policy` is merged
 * into the stored one: null takes a part back to its default. Holds from the next step of every journey on every node.
 */
export const makeChangeOrganisation =
  (deps: OrganisationDeps) =>
  async (
    idOrSlug: string,
    input: unknown,
    { actor }: { actor: Actor },
  ): Promise<OrganisationResult | "no-such-organisation"> => {
    const given = parseChangedSettings(input, deps);
    if ("problems" in given) return given;
    const { policy: patch, logo, ...settings } = given.settings;
    return deps.db.transaction().execute(async (tx) => {
      const current = await lockOrganisation(tx, idOrSlug);
      if (!current) return "no-such-organisation";
      const chosen = patch ? parsePolicy(mergePatch(current.policy, patch), deps) : current;
      if ("problems" in chosen) return chosen;
      if (settings.slug && (await isSlugTaken(tx, settings.slug, current.id))) return { problems: [slugTaken] };
      const organisation: Organisation = {
        ...current,
        ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
        logoHash: logo === undefined ? current.logoHash : logo && logoHash(logo),
        policy: chosen.policy,
      };
      const detail = changes(current, organisation);
      if (Object.keys(detail).length === 0) return { organisation };
      await saveOrganisation(tx, organisation, logo);
      await deps.audit.record(tx, [
        { type: "organisation.changed", result: "done", actor, organisationId: organisation.id, detail },
      ]);
      return { organisation };
    });
  };
