/**
 * Characters that a name can't hold: control characters (a line break would begin a new mail header), marks that turn
 * the direction of the text around, others that leave no trace on a screen, and line separators.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

export const hasInvisible = (text: string): boolean => invisible.test(text);
