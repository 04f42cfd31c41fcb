import { attributes, type Content, type Html, html } from "./html.ts";
import { icon } from "./icons.ts";

export type Autocomplete =
  | "off"
  | "username"
  | "username webauthn"
  | "current-password"
  | "new-password"
  | "one-time-code"
  | "email"
  | "tel"
  | "name"
  | "given-name"
  | "family-name"
  | "organization";

type Labelled = Readonly<{
  /** Also the field's name in the form, unless `name` is given. Unique on the page. */
  id: string;
  name?: string | undefined;
  label: Content;
  hint?: Content;
  /** Why the last value was refused, and what to do. */
  error?: Content;
  /** Fields are required unless this is false. */
  required?: boolean | undefined;
}>;

export type Field = Labelled &
  Readonly<{
    type?: "text" | "password" | "email" | "tel" | "url" | "search" | "number" | "date" | undefined;
    autocomplete?: Autocomplete | undefined;
    inputmode?: "text" | "numeric" | "email" | "tel" | "url" | undefined;
    /** Kept after a refusal; a password or a code is never sent back. */
    value?: string | number | undefined;
    /** A PIN or a one-time code: one wide field of six figures, or more, filled from a message where the device can. */
    code?: boolean | "any-length" | undefined;
    minlength?: number | undefined;
    maxlength?: number | undefined;
    min?: string | number | undefined;
    max?: string | number | undefined;
    autofocus?: boolean | undefined;
    /** Shown and sent, not to be changed. */
    readonly?: boolean | undefined;
  }>;

/** Room for six or eight figures and the spaces with which people copy them. */
const codeAttributes = {
  type: "text",
  inputmode: "numeric",
  autocomplete: "one-time-code",
  maxlength: 9,
  class: "code",
} as const;

/** One labelled input: label, hint, error and input, in the order in which they are read. */
export function field(view: Field): Html {
  const secret = view.code || view.type === "password";
  const isFreeText = !secret && view.type !== "number" && view.type !== "date";
  const isName = secret || view.type === "email" || view.autocomplete?.startsWith("username");
  const input = attributes({
    ...identity(view),
    type: view.type ?? "text",
    inputmode: view.inputmode,
    autocomplete: view.autocomplete,
    minlength: view.minlength,
    maxlength: view.maxlength,
    ...(view.code ? codeAttributes : {}),
    ...(view.code === "any-length" && { class: "code any" }),
    min: view.min,
    max: view.max,
    value: secret ? undefined : view.value,
    autocapitalize: isName ? "none" : undefined,
    spellcheck: isName || !isFreeText ? "false" : undefined,
    autofocus: view.autofocus,
    readonly: view.readonly,
  });
  return labelled(view, html`<input${input}>`);
}

/** A text of many lines: a reason, a note. */
export const textArea = (
  view: Labelled & Readonly<{ value?: string | undefined; rows?: number | undefined; maxlength?: number | undefined }>,
): Html =>
  labelled(
    view,
    html`<textarea${attributes({ ...identity(view), rows: view.rows ?? 3, maxlength: view.maxlength })}>${view.value}</textarea>`,
  );

export type Option = Readonly<{ value: string; label: string; selected?: boolean | undefined }>;

/** One of several values in a closed list. */
export const select = (view: Labelled & Readonly<{ options: readonly Option[] }>): Html =>
  labelled(
    view,
    html`<select${attributes(identity(view))}>${view.options.map(
      ({ value, label, selected }) => html`<option${attributes({ value, selected })}>${label}</option>`,
    )}</select>`,
  );

/** A file to be read, such as a CSV of people. The form needs `upload: true`. */
export const fileField = (view: Labelled & Readonly<{ accept: string }>): Html =>
  labelled(view, html`<input${attributes({ ...identity(view), type: "file", accept: view.accept })}>`);

export type Choice = Readonly<{
  value: string;
  label: Content;
  hint?: Content;
  checked?: boolean | undefined;
  /** Choosing it opens the `asked` choices of the same form. */
  asks?: boolean | undefined;
}>;

export type Choices = Readonly<{
  name: string;
  legend: Content;
  /** `one` of them (radio buttons) or `any` number (check boxes). */
  pick: "one" | "any";
  choices: readonly Choice[];
  error?: Content;
  /** Shown only while a choice with `asks` is chosen; without `:has()` in the browser, always. */
  asked?: boolean | undefined;
}>;

/** A question with its answers in sight. */
export function choices(view: Choices): Html {
  const type = view.pick === "one" ? "radio" : "checkbox";
  const errorId = `${view.name}-error`;
  const wrong = view.error ? "true" : undefined;
  const answer = ({ value, label, hint, checked, asks }: Choice) =>
    html`<label class="pick"><input${attributes({ type, name: view.name, value, checked, class: asks ? "asks" : undefined })}><span>${label}</span>${hint && html`<span class="hint">${hint}</span>`}</label>`;
  const about = attributes({
    class: view.asked ? "inset asked" : undefined,
    role: view.pick === "one" ? "radiogroup" : undefined,
    "aria-invalid": view.pick === "one" ? wrong : undefined,
    "aria-describedby": wrong && errorId,
  });
  return html`<fieldset${about}><legend class="label">${view.legend}</legend>${refusal(errorId, view.error)}${view.choices.map(answer)}</fieldset>`;
}

/** A single check box: "I have read …". Unchecked, it is not in the form at all. */
export const checkBox = (
  view: Readonly<{
    name: string;
    value?: string | undefined;
    label: Content;
    hint?: Content;
    checked?: boolean | undefined;
    required?: boolean | undefined;
  }>,
): Html =>
  html`<label class="pick"><input${attributes({ type: "checkbox", name: view.name, value: view.value ?? "yes", checked: view.checked, required: view.required })}><span>${view.label}</span>${view.hint && html`<span class="hint">${view.hint}</span>`}</label>`;

function labelled(view: Labelled, input: Html): Html {
  const hint = view.hint && html`<p class="hint" id="${view.id}-hint">${view.hint}</p>`;
  return html`<div class="${view.error ? "field wrong" : "field"}"><label for="${view.id}">${view.label}</label>${hint}${refusal(`${view.id}-error`, view.error)}${input}</div>`;
}

function identity(view: Labelled) {
  const described = [view.hint && `${view.id}-hint`, view.error && `${view.id}-error`].filter(Boolean).join(" ");
  return {
    id: view.id,
    name: view.name ?? view.id,
    required: view.required ?? true,
    "aria-invalid": view.error ? "true" : undefined,
    "aria-describedby": described || undefined,
  };
}

const refusal = (id: string, error: Content): Content =>
  error && html`<p class="error" id="${id}">${icon("warn")}<span>${error}</span></p>`;
