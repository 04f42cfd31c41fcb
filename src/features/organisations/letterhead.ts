import type { Letterhead } from "../messages/index.ts";
import type { Organisation } from "./domain/organisation.ts";

/** What messages from the organisation say of it. */
export const letterhead = ({ id, name, smsName, brandColour, support }: Organisation): Letterhead => ({
  organisationId: id,
  name,
  smsName,
  brandColour,
  support,
});
