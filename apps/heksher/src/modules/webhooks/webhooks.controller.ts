import { invalid, type RawJson } from '@heksher/core';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { CalledBy, prefixOf } from '../../http/called-by.js';
import { unconditional } from '../../http/unconditional.js';
import { TakesNoBody } from '../../http/no-body.js';
import { TakesNoParameters } from '../../http/no-parameters.js';
import { jsonAnswer } from '../../json-answer.js';
import { attemptMembers, deadLetterMembers, webhookMembers } from './webhook-answer.js';
import {
  ApiCreateWebhook,
  ApiDeleteWebhook,
  ApiEditWebhook,
  ApiFindWebhook,
  ApiListAttempts,
  ApiListDeadLetters,
  ApiListWebhooks,
  ApiReplayWebhook,
  ApiRotateWebhook,
  ApiTestWebhook,
} from './webhooks.api.js';
import { CreateWebhookRequest, EditWebhookRequest, ReplayRequest } from './webhooks.dto.js';
import { WebhooksService, type WithSecret } from './webhooks.service.js';

@ApiTags('Webhooks')
@Controller('api/v1/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @ApiCreateWebhook()
  @TakesNoParameters()
  async create(
    @Body() { on_failure, ed25519, ...draft }: CreateWebhookRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    const made = await this.webhooks.create({ ...draft, onFailure: on_failure }, ed25519, plainly(caller));
    response.setHeader('Location', `${prefixOf(response.req)}/api/v1/webhooks/${made.webhook.id}`);
    return secretAnswer(made, response);
  }

  @Get()
  @ApiListWebhooks()
  @TakesNoParameters()
  async list(): Promise<RawJson> {
    const webhooks = await this.webhooks.list();
    return jsonAnswer({ webhooks: webhooks.map((webhook) => webhookMembers(webhook)) });
  }

  @Get(':id')
  @ApiFindWebhook()
  @TakesNoParameters()
  async find(@Param('id') id: string): Promise<RawJson> {
    return jsonAnswer(webhookMembers(await this.webhooks.find(id)));
  }

  @Patch(':id')
  @ApiEditWebhook()
  @TakesNoParameters()
  async edit(
    @Param('id') id: string,
    @Body() { on_failure, ...edit }: EditWebhookRequest,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    return jsonAnswer(
      webhookMembers(await this.webhooks.edit(id, { ...edit, onFailure: on_failure }, plainly(caller))),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiDeleteWebhook()
  @TakesNoParameters()
  delete(@Param('id') id: string, @CalledBy() caller: Caller): Promise<void> {
    return this.webhooks.delete(id, plainly(caller));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @ApiRotateWebhook()
  @TakesNoParameters()
  @TakesNoBody()
  async rotate(
    @Param('id') id: string,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    return secretAnswer(await this.webhooks.rotate(id, plainly(caller)), response);
  }

  @Post(':id/replay')
  @HttpCode(200)
  @ApiReplayWebhook()
  @TakesNoParameters()
  async replay(@Param('id') id: string, @Body() { from }: ReplayRequest, @CalledBy() caller: Caller): Promise<RawJson> {
    return jsonAnswer(webhookMembers(await this.webhooks.replay(id, from, plainly(caller))));
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiTestWebhook()
  @TakesNoParameters()
  @TakesNoBody()
  async test(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RawJson> {
    plainly(caller);
    return jsonAnswer(attemptMembers(await this.webhooks.test(id)));
  }

  @Get(':id/attempts')
  @ApiListAttempts()
  @TakesNoParameters()
  async attempts(@Param('id') id: string): Promise<RawJson> {
    return jsonAnswer({ attempts: (await this.webhooks.attempts(id)).map(attemptMembers) });
  }

  @Get(':id/dead_letters')
  @ApiListDeadLetters()
  @TakesNoParameters()
  async deadLetters(@Param('id') id: string): Promise<RawJson> {
    return jsonAnswer({ dead_letters: (await this.webhooks.deadLetters(id)).map(deadLetterMembers) });
  }
}

function secretAnswer({ webhook, secret }: WithSecret, response: Response): RawJson {
  response.setHeader('Cache-Control', 'no-store');
  return jsonAnswer(webhookMembers(webhook, secret));
}

/** A condition, or a dry run, that is not looked at must not seem to hold. */
function plainly(caller: Caller): Caller {
  if (caller.isDryRun !== true) return unconditional(caller, 'webhooks');
  throw invalid('dry_run cannot be asked of webhooks', 'dry_run', { parameter: 'dry_run', code: 'unknown_parameter' });
}
