import { invalid, quoted } from './errors.js';

/** The version of a setting's declaration. A minor step allows changes that no reader notices, a major step others. */
export type Version = Readonly<{ major: number; minor: number }>;

export const FIRST_VERSION: Version = { major: 1, minor: 0 };

/** The rule for versions in the words of an error message. */
export const VERSION_RULE = 'MAJOR.MINOR, two whole numbers of at most 9 digits, such as 1.0';

export function parseVersion(text: string): Version {
  const match = /^([0-9]{1,9})\.([0-9]{1,9})$/.exec(text);
  if (match === null) throw invalid(`${quoted(text)} is not a version; accepted: ${VERSION_RULE}`, 'version');
  return { major: Number(match[1]), minor: Number(match[2]) };
}

/**
 * Reads a version that another writer stored, and never fails: numbers have any length (beyond 2^53−1 they count as
 * 2^53−1), and what is not MAJOR.MINOR reads as 1.0.
 */
export function parseStoredVersion(text: string): Version {
  const match = /^([0-9]+)\.([0-9]+)$/.exec(text);
  if (match === null) return FIRST_VERSION;
  return { major: bounded(match[1]), minor: bounded(match[2]) };
}

function bounded(digits: string | undefined): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/** The canonical text, without leading zeros. */
export function formatVersion(version: Version): string {
  return `${version.major}.${version.minor}`;
}

/** Negative where `a` is the older version, 0 where they are equal, positive where `a` is the newer one. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor;
}
