import type { Forgery } from "./forgeries.ts";
import type { Trouble } from "./trouble.ts";

/** How the next answer of each place goes wrong. What isn't named goes as usual, and so does what comes after. */
export type Switches = Readonly<{
  /** What is wrong with the ID token. */
  idToken: Forgery;
  /** What the browser brings back, whoever was chosen. */
  back:
    | "other-state"
    | "no-state"
    | "other-iss"
    | "no-iss"
    | "no-code"
    | "login_required"
    | "invalid_request"
    | "server_error";
  token: Trouble | "refused";
  keys: Trouble | "by-a-stranger" | "expired";
  discovery: Trouble | "other-issuer";
  selector: Trouble;
  maintenance: Trouble;
}>;
