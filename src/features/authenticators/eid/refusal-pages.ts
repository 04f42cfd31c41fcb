import type { StepPage, StepView } from "../../journey/index.ts";
import { anotherPersonPage, boundElsewherePage, notLinkedPage } from "./pages.ts";

const pages: Readonly<Record<string, (view: StepView) => StepPage>> = {
  "eid:not-linked": notLinkedPage,
  "eid:another-person": anotherPersonPage,
  "eid:bound-elsewhere": boundElsewherePage,
};

/** The page of its own that the last refusal has; null where it is a line above the choice. */
export const helpPage = (view: StepView): StepPage | null => pages[view.journey.notice?.key ?? ""]?.(view) ?? null;
