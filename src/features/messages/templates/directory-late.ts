import { translator } from "../../../platform/i18n/index.ts";
import type { TemplateParameters } from "../contract.ts";
import { type Letter, letter } from "./letter.ts";
import { type Frame, oneLine, organisationName } from "./texts.ts";

/** DIR-3 tells an operator which directory is not told, and where the reason is shown: of people it says nothing. */
export function directoryLate(
  { directory: name, organisation, late, failed }: TemplateParameters["directory-late"],
  frame: Frame,
): Letter {
  const t = translator(frame.language);
  const directory = oneLine(name, 40);
  const found = [
    ...(late > 0 ? [t("messages:directory-late-waiting", { directory, count: late })] : []),
    ...(failed > 0 ? [t("messages:directory-late-failed", { directory, count: failed })] : []),
  ];
  const command = `vahva directory jobs --organisation ${organisation}`;
  return letter(
    {
      subject: t("messages:directory-late-subject", { directory, org: organisationName(frame) }),
      preheader: found.join(" "),
      heading: t("messages:directory-late-heading"),
      parts: [...found, t("messages:directory-late-do", { command })].map((text) => ({ is: "paragraph", text })),
      support: ["technical"],
    },
    frame,
  );
}
