import { formatDifference, type Writable } from '@heksher/core';
import { type DeclarationResult } from './declarations.service.js';

/** What became of a declaration, as clients read it. */
export function outcomeAnswer(result: DeclarationResult): Writable {
  const outcome = result.kind;
  switch (result.kind) {
    case 'created':
    case 'uptodate':
      return { outcome };
    case 'mismatch':
      return { outcome, differences: result.differences.map(formatDifference) };
    case 'outdated':
      return {
        outcome,
        latest_version: result.latestVersion,
        differences: result.differences.map(formatDifference),
      };
    case 'upgraded':
    case 'rejected':
      return {
        outcome,
        previous_version: result.latestVersion,
        differences: result.differences.map(formatDifference),
      };
  }
}
