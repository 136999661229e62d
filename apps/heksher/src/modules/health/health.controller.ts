import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { Lifecycle } from '../../lifecycle.js';
import { HEKSHER_VERSION } from '../../version.js';
import { ReadOptions } from '../ruleset/read-options.js';
import { RulesetService } from '../ruleset/ruleset.service.js';
import { ApiHealth, ApiLive, ApiReady, ApiStartup, type HealthAnswer, type ProbeAnswer } from './health.api.js';
import { judgeReadiness } from './readiness.js';

@ApiTags('Health')
@Controller('api/health')
export class HealthController {
  constructor(
    private readonly rulesets: RulesetService,
    private readonly reads: ReadOptions,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiHealth()
  health(@Res({ passthrough: true }) response: Response): HealthAnswer {
    response.status(this.rulesets.follower.state.kind === 'outage' ? 500 : 200);
    return { version: HEKSHER_VERSION, ...(!this.reads.isConnected && { doc_only: true }) };
  }

  /**
   * The process runs and answers; that the database is away is no reason to restart it, unless it is one of our own that
   * cannot be started again.
   */
  @Get('live')
  @Header('Cache-Control', 'no-store')
  @ApiLive()
  live(@Res({ passthrough: true }) response: Response): ProbeAnswer {
    if (!this.lifecycle.isEmbeddedDown()) return { status: 'ok', details: {} };
    response.status(503);
    return {
      status: 'error',
      details: { embedded_postgres: { status: 'down', message: 'it is being started again' } },
    };
  }

  /** Queries are answered, from a current ruleset or a stale one, and the service is not shutting down. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ApiReady()
  async ready(@Res({ passthrough: true }) response: Response): Promise<ProbeAnswer> {
    const answer = judgeReadiness(await this.rulesets.follower.readiness(), this.lifecycle.isShuttingDown);
    response.status(answer.status === 'error' ? 503 : 200);
    return answer;
  }

  /** Start-up is complete: the service listens only after it, so that any answer is a yes. */
  @Get('startup')
  @Header('Cache-Control', 'no-store')
  @ApiStartup()
  startup(): ProbeAnswer {
    return { status: 'ok', details: {} };
  }
}
