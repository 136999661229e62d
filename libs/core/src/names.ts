/** The rules for names in the words of an error message. */
export const SETTING_NAME_RULE = '1 to 255 letters a-z and A-Z, digits, "_" and ".", but not "." or ".."';
export const CONTEXT_FEATURE_NAME_RULE = '1 to 255 letters a-z and A-Z, digits and "_"';
export const METADATA_KEY_RULE = '1 to 255 letters a-z and A-Z, digits, "_" and "-"';
export const FEATURE_VALUE_RULE = '1 to 255 letters, combining marks and digits of any script and "_-.@+/=~#"';

/** Also the rule for aliases. `.` and `..` are no names, since a URL cannot address them. */
export function isSettingName(text: string): boolean {
  return /^[a-zA-Z0-9_.]{1,255}$/.test(text) && text !== '.' && text !== '..';
}

export function isContextFeatureName(text: string): boolean {
  return /^[a-zA-Z0-9_]{1,255}$/.test(text);
}

export function isMetadataKey(text: string): boolean {
  return /^[a-zA-Z0-9_-]{1,255}$/.test(text);
}

/** A value of a context feature; it needs no quotes in context filters. The limit counts code points. */
export function isFeatureValue(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}_\-.@+/=~#]{1,255}$/u.test(text);
}
