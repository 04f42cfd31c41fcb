import { setTimeout as sleep } from "node:timers/promises";
import type { StoredDirectory } from "../../features/directories/index.ts";
import { type Instant, seconds } from "../../kernel/time.ts";
import { type Context, slugsOf } from "../context.ts";
import { advice, type Check, fail, wordsOf } from "./check.ts";

const longestWait = seconds(10);

/** What each open directory says of itself, and what waits for somebody to look at it. */
export async function checkDirectories(context: Context): Promise<Check[]> {
  const { registry, desk } = context.features.directories;
  // One that was never open is still being prepared.
  const known = (await registry.list(null)).filter(({ state, closedAt }) => state === "open" || closedAt);
  const slugs = await slugsOf(
    context,
    known.map(({ organisationId }) => organisationId),
  );
  const checks = known.map((directory) => {
    const slug = slugs.get(directory.organisationId) ?? directory.organisationId;
    if (directory.closedAt) return [closed(slug, directory.name, directory.closedAt)];
    return Promise.race([checkOne(context, directory, slug), silence(`Directory ${slug}/${directory.name}`)]);
  });
  const { failed, withheld } = await desk.count();
  const waiting = advice(
    "Directories",
    `Failed: ${failed}, withheld: ${withheld}.`,
    '"vahva directory jobs" shows them; "resend" sends them again, "drop" forgets them.',
  );
  const partly = await desk.partly();
  const notAll = advice(
    "Directories",
    `Done, but not all of it, within 30 days: ${partly}.`,
    '"vahva directory jobs --state partly" shows what is left there, and where no pass was issued.',
  );
  const waits = [...(failed + withheld > 0 ? [waiting] : []), ...(partly > 0 ? [notAll] : [])];
  const { demo, operatorEmail } = context.config;
  const silent = known.length > 0 && !demo && operatorEmail === null;
  return [...(await Promise.all(checks)).flat(), ...waits, ...(silent ? [nobodyTold] : [])];
}

const closed = (slug: string, name: string, at: Instant): Check =>
  advice(
    `Directory ${slug}/${name}`,
    `It is closed since ${at.toISOString().slice(0, 10)}: what it has to be told waits.`,
    `"vahva directory open ${slug} ${name}" opens it; "remove" forgets it.`,
  );

const nobodyTold = advice(
  "Directories",
  "Nobody gets an e-mail when one is not told in ten minutes what it should be.",
  "Set VAHVA_OPERATOR_EMAIL.",
);

async function checkOne(
  { features }: Context,
  { organisationId, name }: StoredDirectory,
  slug: string,
): Promise<Check[]> {
  const title = `Directory ${slug}/${name}`;
  const todo = `"vahva directory show ${slug} ${name}" shows how it is configured.`;
  try {
    const result = await features.directories.registry.check(organisationId, name);
    if (result === "no-such-directory") return [];
    if ("problems" in result) return result.problems.map(({ says }) => fail(title, says, todo));
    return result.map((check) => ({ name: title, ...check }));
  } catch (error) {
    return [fail(title, wordsOf(error), todo)];
  }
}

const silence = async (title: string): Promise<Check[]> => {
  await sleep(longestWait, undefined, { ref: false });
  return [fail(title, "It did not answer in ten seconds.", "Check that a firewall lets this machine out.")];
};
