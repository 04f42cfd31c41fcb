const colour = /^#?([0-9a-f]{6})$/i;

/** The address of an organisation's colour; nothing for what is not `#rrggbb`, so that a page never breaks on it. */
export function brandPath(hex: string): string | undefined {
  const digits = colour.exec(hex)?.[1];
  return digits && `/brand/${digits.toLowerCase()}.css`;
}

/** An organisation's style sheet: the one property it may set. A pure function of its address, cached for ever. */
export function brandCss(hex: string): string | undefined {
  const digits = colour.exec(hex)?.[1];
  return digits && `:root{--brand:#${digits.toLowerCase()}}\n`;
}
