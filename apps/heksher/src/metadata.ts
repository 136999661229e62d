import { invalid, isMetadataKey, METADATA_KEY_RULE, quoted } from '@heksher/core';

/** @throws HeksherError `invalid` where `key`, taken from a path, cannot become a key of metadata. */
export function checkMetadataKey(key: string): string {
  if (isMetadataKey(key)) return key;
  throw invalid(`${quoted(key)} cannot be a key of metadata: ${METADATA_KEY_RULE}`, 'key', { parameter: 'key' });
}
