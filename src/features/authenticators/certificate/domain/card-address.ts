/**
 * Where a browser shows its certificate. A `*` in the configured address becomes a name made for this once, so that no
 * browser has a choice remembered for it, and no connection that it could use again (T42).
 */
export const cardAddress = (configured: string, { path, name }: { path: string; name: string }): string =>
  `${configured.replace("*", name)}/${path}`;
