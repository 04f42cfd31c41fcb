import assert from "node:assert/strict";
import { systemRandom } from "../../src/ports/random.ts";
import { openAccountGround } from "./account-ground.ts";

export type PasswordLinkGround = Awaited<ReturnType<typeof openPasswordLinkGround>>;

/** People who have forgotten their passwords, and what they are sent. */
export async function openPasswordLinkGround() {
  const ground = await openAccountGround();
  type Person = Awaited<ReturnType<typeof ground.person>>;
  let [people, networks] = [0, 0];

  /** Asks for a link, from another network each time. */
  const ask = (name: string, network = `192.0.2.${++networks}`, browserHash = systemRandom.bytes(32)) =>
    ground.sendPasswordLink(
      { name, organisationId: null },
      { browserHash, network, browser: "Firefox", reference: "ref" },
    );
  const letters = async ({ email }: Pick<Person, "email">) =>
    (await ground.mailTo(email)).filter(({ subject }) => /a new password \(|About your password/.test(subject));

  return {
    ...ground,
    somebody: (): Promise<Person> => ground.person(`forgets${++people}@koivula.example`),
    ask,
    /** What was sent because somebody asked for a link. */
    letters,
    /** Asks for a link; resolves to the path of the one that came. */
    async asked(person: Person): Promise<string> {
      assert.equal(await ask(person.email), "sent");
      const text = (await letters(person)).at(-1)?.text ?? "";
      const path = /https:\/\/login\.example(\/recover\/password\/[\w-]{43})\n/.exec(text)?.[1];
      assert.ok(path, text);
      return path;
    },
    /** "password-link.refused refused too-often", the newest first. */
    eventsOf: async ({ id }: Person): Promise<string[]> =>
      (await ground.audit.listEvents(ground.db, { accountId: id, limit: 30 })).map(({ type, result, detail }) =>
        [type, result, detail.reason].filter(Boolean).join(" "),
      ),
  };
}
