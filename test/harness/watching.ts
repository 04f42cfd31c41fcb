import assert from "node:assert/strict";
import type { Language } from "../../src/kernel/language.ts";
import { eventually } from "./eventually.ts";
import { heading, type Window } from "./real-browser.ts";

export type Watching = ReturnType<typeof watching>;

/** A person before pages of ours; `problems` is what those break that were looked at. */
export function watching(window: Window, language: Language) {
  const problems: string[] = [];
  const bare = (text: string) => text.replaceAll("\u00ad", "");
  /** The page with this heading comes. */
  async function reach(expected: string): Promise<void> {
    await eventually(async () => assert.equal(bare(await heading(window.page)), bare(expected)));
    assert.equal(await window.page.locator("html").getAttribute("lang"), language);
  }
  return {
    problems,
    reach,
    /** It comes, and is held to its promises; `title` is its name in pictures. */
    async see(expected: string, title: string): Promise<void> {
      await reach(expected);
      problems.push(...(await window.look(title)));
    },
  };
}
