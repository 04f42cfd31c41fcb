import { describe, makeVisitor, type Page } from "../harness/agent.ts";
import { keyOn, makePhone, rightPassword } from "../harness/people.ts";

/** What the service has acknowledged to a person: it must never ask for it again. */
export type Acknowledged = { pin: boolean; password: boolean; active: boolean };

/** A person on the way from the link to an active account, who opens the link anew when the service was away. */
export function makeActivating(origin: string, { link, pin }: { link: string; pin: string }) {
  const acknowledged: Acknowledged = { pin: false, password: false, active: false };
  const lost: string[] = [];
  const visitor = makeVisitor(origin);
  const asks = (page: Page, field: string) => page.forms.some(({ fields }) => field in fields);

  async function submit(fields: Record<string, string>, gained: (page: Page) => void): Promise<void> {
    const page = await visitor.submit(fields);
    if (page.status >= 500) throw new Error(describe(page)); // the database went away, or it is busy: tried again
    gained(page);
  }

  /** From the link to the end; throws when the service can't be reached. */
  async function goOn(): Promise<void> {
    let page = await visitor.get(new URL(link, origin).pathname);
    for (let step = 0; step < 6 && !acknowledged.active; step += 1) {
      if (asks(page, "pin")) {
        if (acknowledged.pin) lost.push(`the PIN: ${describe(page)}`);
        await submit({ pin }, (next) => {
          acknowledged.pin = !asks(next, "pin");
        });
      } else if (asks(page, "new_password")) {
        if (acknowledged.password) lost.push(`the password: ${describe(page)}`);
        await submit({ new_password: rightPassword }, (next) => {
          acknowledged.password = !asks(next, "new_password");
        });
      } else if (asks(page, "code")) {
        const code = makePhone(keyOn(page.html), { now: () => new Date() }).shown();
        await submit({ code }, (next) => {
          acknowledged.active = next.heading === "Your account is active";
        });
      } else if (page.status < 500) {
        // Active already: the answer to the last step was lost, and the link leads home (ACT-8).
        acknowledged.active = !page.path.startsWith("/activate/");
        if (!acknowledged.active) throw new Error(describe(page));
      }
      page = visitor.page();
    }
  }

  return {
    acknowledged,
    /** What was acknowledged and asked for again. */
    lost,
    goOn,
  };
}
