import { parseSettingType, type SettingType } from '@heksher/core';

/** The type that a text is, or what is wrong with it. */
export function readType(text: string): Readonly<{ type?: SettingType; problem?: string }> {
  try {
    return { type: parseSettingType(text) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
