import { rawJson } from '@heksher/core';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Request, type Response } from 'express';
import { admits } from '../../access/grants.js';
import { admissionOf } from '../../http/admission.js';
import { callerOf } from '../../http/called-by.js';
import { sendTagged } from '../../http/send-body.js';
import { serveRead } from '../../reads/serve-read.js';
import { settingAnswer } from '../settings/setting-answer.js';
import { ListSettingsQuery } from '../settings/settings.dto.js';
import { SettingsService } from '../settings/settings.service.js';
import {
  ApiFindSetting,
  ApiLintAll,
  ApiListFeatureValues,
  ApiListRollouts,
  ApiListRules,
  ApiListSettings,
} from './browsing.api.js';
import { browsingRoutes } from './browsing.routes.js';
import { BrowsingService } from './browsing.service.js';
import { asksForView } from './setting-view.js';
import { asksForPage } from './settings-page.js';

/** Lists, and a setting with all that it has. What Heksher 0.5 answers is asked without any parameter that it does not know. */
@Controller('api/v1')
export class BrowsingController {
  private readonly routes: ReturnType<typeof browsingRoutes>;

  constructor(
    browsing: BrowsingService,
    private readonly allSettings: SettingsService,
  ) {
    this.routes = browsingRoutes(browsing);
  }

  @Get('settings')
  @ApiTags('Settings')
  @ApiListSettings()
  async settings(
    @Query() { include_additional_data }: ListSettingsQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    if (asksForPage(queryOf(request))) return serveRead(this.routes.settings, request, response);
    const { principal } = callerOf(request);
    const isListed = (name: string): boolean => principal === undefined || admits(principal.permissions.read, name);
    await sendTagged(response, rawJson(await this.allSettings.list(include_additional_data, isListed)));
  }

  @Get('settings/:name')
  @ApiTags('Settings')
  @ApiFindSetting()
  async setting(@Param('name') name: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (asksForView(queryOf(request))) return serveRead(this.routes.setting, request, response, name);
    await sendTagged(response, settingAnswer(await this.allSettings.find(name)));
  }

  @Get('rules')
  @ApiTags('Rules')
  @ApiListRules()
  rules(@Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.routes.rules, request, response);
  }

  @Get('rollouts')
  @ApiTags('Rollouts')
  @ApiListRollouts()
  rollouts(@Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.routes.rollouts, request, response);
  }

  @Get('lint')
  @ApiTags('Evaluation')
  @ApiLintAll()
  lint(@Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.routes.lint, request, response);
  }

  @Get('context_features/:name/values')
  @ApiTags('Context features')
  @ApiListFeatureValues()
  values(@Param('name') name: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return serveRead(this.routes.values, request, response, name);
  }
}

function queryOf(request: Request): string {
  return admissionOf(request)?.queryString ?? '';
}
