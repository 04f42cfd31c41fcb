export * from "./actions.ts";
export { assetPath, assetRoutes } from "./assets.ts";
export { type ErrorView, errorPage, type Failure } from "./error-page.ts";
export * from "./fields.ts";
export { type Content, type Html, html, raw } from "./html.ts";
export { type IconName, icon, wordmark } from "./icons.ts";
export * from "./listing.ts";
export * from "./lists.ts";
export {
  type JourneyView,
  journeyPage,
  type NavLink,
  outsidePage,
  type PageOrganisation,
  type WorkView,
  workPage,
} from "./page.ts";
export * from "./pieces.ts";
export { richText } from "./rich-text.ts";
