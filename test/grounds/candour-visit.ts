import type { Act } from "../doubles/candour/index.ts";

/** What a person's browser does at an invitation: where it is sent back to, or null where the invitation is closed. */
export async function passThrough(invitation: string, act: Act): Promise<string | null> {
  const shown = await fetch(invitation);
  await shown.text();
  if (!shown.ok) return null;
  const { origin, searchParams } = new URL(invitation);
  const body = new URLSearchParams({ invitationGuid: searchParams.get("invitationGuid") ?? "", act });
  const answer = await fetch(`${origin}/invitation`, { method: "POST", body, redirect: "manual" });
  return answer.headers.get("location");
}
