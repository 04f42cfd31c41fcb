// Has the browser make or use a passkey, and posts its answer with the page's own form. What is asked of it, and what to
// say when it can't, stand on the page.
const isSupported = typeof PublicKeyCredential === "function";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** The options of the page, as browsers take them. */
function optionsOf(place) {
  const {
    challenge,
    user,
    excludeCredentials = [],
    allowCredentials = [],
    ...rest
  } = JSON.parse(place.dataset.options);
  const known = (list) => list.map((one) => ({ ...one, id: toBytes(one.id) }));
  return {
    ...rest,
    challenge: toBytes(challenge),
    ...(user && { user: { ...user, id: toBytes(user.id) } }),
    excludeCredentials: known(excludeCredentials),
    allowCredentials: known(allowCredentials),
  };
}

const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

/** The browser's answer as JSON, in the page's form. */
function post(place, { id, type, response }) {
  const given = Object.fromEntries(
    parts.filter((name) => response[name]).map((name) => [name, toText(response[name])]),
  );
  const transports = response.getTransports?.() ?? [];
  place.querySelector("[name=response]").value = JSON.stringify({
    id,
    rawId: id,
    type,
    response: { ...given, transports },
  });
  place.closest("form").submit();
}

const reasons = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" };

/** Shows the sentence for `reason`, or the general one; without any, hides them all. */
function say(place, reason) {
  const all = [...place.querySelectorAll("[data-says]")];
  const chosen =
    all.find(({ dataset }) => dataset.says === reason) ?? all.find(({ dataset }) => dataset.says === "failed");
  for (const each of all) each.hidden = !reason || each !== chosen;
}

/** The form's button opens the browser's dialog; the form is sent once there is an answer. */
function askOnSubmit(place) {
  const publicKey = optionsOf(place);
  let isOpen = false;
  place.closest("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (isOpen) return;
    isOpen = true;
    say(place, null);
    try {
      const ask = place.dataset.passkey === "create" ? "create" : "get";
      post(place, await navigator.credentials[ask]({ publicKey }));
    } catch (error) {
      say(place, reasons[error.name] ?? "failed");
    }
    isOpen = false;
  });
  if (isSupported) return;
  say(place, "unsupported");
}

/** Offers passkeys where the user name is typed. Whoever chooses none goes on with the page as it is. */
async function offerInAutofill(place) {
  const canOffer = isSupported && (await PublicKeyCredential.isConditionalMediationAvailable?.());
  if (!canOffer || !document.querySelector('input[autocomplete~="webauthn"]')) return;
  try {
    post(place, await navigator.credentials.get({ publicKey: optionsOf(place), mediation: "conditional" }));
  } catch {
    // The page was left, or the browser would not.
  }
}

for (const place of document.querySelectorAll("[data-passkey]"))
  if (place.dataset.passkey === "autofill") offerInAutofill(place);
  else askOnSubmit(place);
