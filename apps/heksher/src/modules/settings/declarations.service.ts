import { type Declaration, formatVersion } from '@heksher/core';
import { declare, type DeclarationResult, type DeclareOptions } from '@heksher/ruleset';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Caller } from '../../caller.js';
import { type LogWrite, NOTHING_YET, Writes } from '../../writes.js';
import { Logger } from '../logging/index.js';
import { RulesetWriter } from '../ruleset/ruleset-writer.js';

export { type DeclarationResult } from '@heksher/ruleset';

/** Declarations: code says which setting it relies on, and the setting comes to be, stays, moves on, or stands its ground. */
@Injectable()
export class DeclarationsService {
  private readonly writes: Writes;

  constructor(dataSource: DataSource, writer: RulesetWriter, logger: Logger) {
    // Code has reviews of its own.
    this.writes = new Writes(dataSource, writer, logger.child('settings'), []);
  }

  /**
   * Most declarations find what they declare, when all processes of a service start at once, for instance: so it is
   * looked at first, and only what must write decides again as a writer.
   */
  async declare(declared: Declaration, options: DeclareOptions, caller: Caller): Promise<DeclarationResult> {
    if (caller.precondition === undefined) {
      const seen = await this.writes.look((draft) => declare(draft, declared, options));
      if (seen.kind !== 'created' && seen.kind !== 'upgraded') return seen;
    }
    const { result } = await this.writes.decide(caller, NOTHING_YET, function* (draft, log) {
      const result = yield* declare(draft, declared, options);
      logResult(result, declared, log);
      return result;
    });
    return result;
  }
}

function logResult(result: DeclarationResult, { name, version }: Declaration, log: LogWrite): void {
  if (result.kind === 'created') {
    log('setting created', { setting: name });
  } else if (result.kind === 'upgraded') {
    const [from, to] = [result.latestVersion, formatVersion(version)];
    log('setting upgraded', { setting: name, from, to, differences: result.differences.length });
  }
}
