import { type DynamicModule, Module } from '@nestjs/common';
import { FeedSession } from './feed-session.js';
import { PastRulesets } from './past-rulesets.js';
import { PastSession } from './past-session.js';
import { ReadOptions } from './read-options.js';
import { RulesetService } from './ruleset.service.js';
import { APPROVAL_RULES, RulesetWriter } from './ruleset-writer.js';
import { type ApprovalRule } from '../../access/approvals.js';

@Module({})
export class RulesetModule {
  static with(options: ReadOptions, approvals: readonly ApprovalRule[]): DynamicModule {
    return {
      module: RulesetModule,
      providers: [
        { provide: ReadOptions, useValue: options },
        { provide: APPROVAL_RULES, useValue: approvals },
        RulesetService,
        RulesetWriter,
        PastRulesets,
        PastSession,
        FeedSession,
      ],
      exports: [ReadOptions, RulesetService, RulesetWriter, PastRulesets, PastSession, FeedSession],
    };
  }
}
