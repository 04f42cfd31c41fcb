import { days, hours } from "../../../kernel/time.ts";

/** How many text messages at most (MSG-3). */
export type SmsCaps = {
  /** New PINs to one number, and as many temporary passwords: anybody with an activation link or a name can ask for them. */
  newPinsPerNumberPerHour: number;
  newPinsPerNumberPerDay: number;
  /** Both to numbers that share their first seven digits: fraudsters rent numbers by the range. */
  newPinsPerRangePerHour: number;
  /** Messages of each other kind to one number. */
  perNumberPerDay: number;
  /** Of an organisation: what goes out with its invitations, and apart from them everything else, which must not wait behind those. */
  perOrganisationPerHour: number;
};

export const defaultSmsCaps: SmsCaps = {
  newPinsPerNumberPerHour: 3,
  newPinsPerNumberPerDay: 10,
  newPinsPerRangePerHour: 200,
  perNumberPerDay: 20,
  perOrganisationPerHour: 2000,
};

/** One cap on one message. Over it, a message is refused for good, or waits until there is room. */
export type SmsLimit = { key: string; limit: number; window: number; over: "refuse" | "wait"; reason: string };

const rangeOf = (to: string): string => to.slice(0, 8);

/**
 * What a text message counts towards, in the order to be checked. What operators send by the thousand (`pin`) waits for
 * its organisation's room instead of being refused; what a stranger can trigger is refused.
 */
export function smsLimits(
  { template, to, organisationId }: { template: string; to: string; organisationId: string | null },
  caps: SmsCaps,
): SmsLimit[] {
  const bulk = template === "pin" || template === "temporary-password";
  const organisation: SmsLimit = {
    key: `sms:organisation:${organisationId}:${bulk ? "invitations" : "others"}`,
    limit: caps.perOrganisationPerHour,
    window: hours(1),
    over: "wait",
    reason: "the organisation's text messages of this hour are used up",
  };
  const number = (name: string, limit: number, window: number): SmsLimit => ({
    key: `sms:number:${to}:${template}:${name}`,
    limit,
    window,
    over: "refuse",
    reason: "too many text messages to this number",
  });
  if (template !== "pin-new" && template !== "temporary-password-new")
    return [number("day", caps.perNumberPerDay, days(1)), organisation];
  return [
    number("hour", caps.newPinsPerNumberPerHour, hours(1)),
    number("day", caps.newPinsPerNumberPerDay, days(1)),
    {
      key: `sms:range:${rangeOf(to)}`,
      limit: caps.newPinsPerRangePerHour,
      window: hours(1),
      over: "refuse",
      reason: "too many text messages to this range of numbers",
    },
    organisation,
  ];
}
