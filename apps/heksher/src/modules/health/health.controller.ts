import { Controller, Get, Header, HttpException, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { type Response } from 'express';
import { DataSource } from 'typeorm';
import { Lifecycle } from '../../lifecycle.js';
import { HEKSHER_VERSION } from '../../version.js';
import { ApiHealth, ApiLive, ApiReady, ApiStartup, type HealthAnswer, type ProbeAnswer } from './health.api.js';
import { DatabaseMonitor } from './database-monitor.js';

/** How long a readiness probe waits for the database, in milliseconds. */
const PING_TIMEOUT_MS = 1_000;

@ApiTags('Health')
@Controller('api/health')
export class HealthController {
  constructor(
    private readonly monitor: DatabaseMonitor,
    private readonly lifecycle: Lifecycle,
    private readonly dataSource: DataSource,
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @ApiHealth()
  health(@Res({ passthrough: true }) response: Response): HealthAnswer {
    response.status(this.monitor.isAnswering ? 200 : 500);
    return { version: HEKSHER_VERSION, ...(!this.dataSource.isInitialized && { doc_only: true }) };
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

  /** Requests make sense: not shutting down, and the database answers now. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  @ApiReady()
  ready(@Res({ passthrough: true }) response: Response): Promise<ProbeAnswer> {
    return this.probe(response, [
      () => this.runningCheck(),
      () =>
        this.indicators
          .check('database')
          .attempt(() => this.pingDatabase())
          .withTimeout(PING_TIMEOUT_MS),
    ]);
  }

  /** Start-up is complete: the service listens only after it, so that any answer is a yes. */
  @Get('startup')
  @Header('Cache-Control', 'no-store')
  @ApiStartup()
  startup(): ProbeAnswer {
    return { status: 'ok', details: {} };
  }

  /** What the driver says is for the log, where DatabaseMonitor tells it, and not for whoever asks a probe. */
  private async pingDatabase(): Promise<void> {
    try {
      await this.dataSource.query('select 1');
    } catch {
      throw new Error('the database does not answer');
    }
  }

  private runningCheck() {
    const check = this.indicators.check('service');
    return this.lifecycle.isShuttingDown ? check.down('shutting down') : check.up();
  }

  private async probe(
    response: Response,
    indicators: Parameters<HealthCheckService['check']>[0],
  ): Promise<ProbeAnswer> {
    try {
      const { status, details } = await this.checks.check(indicators);
      return { status, details };
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      response.status(error.getStatus());
      const result = error.getResponse();
      return { status: 'error', details: typeof result === 'object' && 'details' in result ? result.details : {} };
    }
  }
}
