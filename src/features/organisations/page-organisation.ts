import { type Language, localised } from "../../kernel/language.ts";
import type { PageOrganisation } from "../../platform/pages/index.ts";
import type { Organisation } from "./domain/organisation.ts";

/** An organisation as the top of a page shows it. */
export const pageOrganisation = (organisation: Organisation, language: Language): PageOrganisation => ({
  name: localised(organisation.name, language),
  ...(organisation.brandColour && { brandColour: organisation.brandColour }),
  ...(organisation.logoHash && { logoUrl: `/brand/logo/${organisation.slug}-${organisation.logoHash}` }),
  ...(organisation.home && { homeUrl: organisation.home.url }),
});
