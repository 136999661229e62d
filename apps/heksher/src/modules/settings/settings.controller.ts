import { type HeksherError, type RawJson, type Writable } from '@heksher/core';
import { Body, Controller, Delete, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { CalledBy } from '../../http/called-by.js';
import { fitting, MOST_BYTES, partAnswer } from '../../http/problem-answer.js';
import { jsonAnswer } from '../../json-answer.js';
import { ApiDeclareSetting } from './declaration.api.js';
import { declarationOf } from './declaration-input.js';
import { outcomeAnswer } from './declaration-outcome.js';
import { DeclarationsService } from './declarations.service.js';
import { ApiChangeConfigurableFeatures, ApiChangeType, ApiDeleteSetting, ApiRenameSetting } from './settings.api.js';
import {
  ChangeConfigurableFeaturesRequest,
  ChangeTypeRequest,
  DeclareSettingRequest,
  RenameSettingRequest,
} from './settings.dto.js';
import { SettingsService } from './settings.service.js';

@ApiTags('Settings')
@Controller('api/v1/settings')
export class SettingsController {
  constructor(
    private readonly settings: SettingsService,
    private readonly declarations: DeclarationsService,
  ) {}

  @Post('declare')
  @ApiDeclareSetting()
  async declare(
    @Body() body: DeclareSettingRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    const result = await this.declarations.declare(declarationOf(body), { alias: body.alias ?? undefined }, caller);
    response.status(result.kind === 'mismatch' || result.kind === 'rejected' ? 409 : 200);
    return jsonAnswer(outcomeAnswer(result));
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiDeleteSetting()
  delete(@Param('name') name: string, @CalledBy() caller: Caller): Promise<void> {
    return this.settings.delete(name, caller);
  }

  @Put(':name/type')
  @ApiChangeType()
  async changeType(
    @Param('name') name: string,
    @Body() { type, version }: ChangeTypeRequest,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson | undefined> {
    const conflicts = await this.settings.changeType(name, type, version, caller);
    response.status(conflicts === undefined ? 204 : 409);
    return conflicts && jsonAnswer(conflictsAnswer(conflicts));
  }

  @Put(':name/name')
  @HttpCode(204)
  @ApiRenameSetting()
  rename(@Param('name') name: string, @Body() body: RenameSettingRequest, @CalledBy() caller: Caller): Promise<void> {
    return this.settings.rename(name, body.name, body.version, caller);
  }

  @Put(':name/configurable_features')
  @HttpCode(204)
  @ApiChangeConfigurableFeatures()
  changeConfigurableFeatures(
    @Param('name') name: string,
    @Body() { configurable_features, version }: ChangeConfigurableFeaturesRequest,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.settings.changeConfigurableFeatures(name, configurable_features, version, caller);
  }
}

/** The texts, as existing clients read them, and the same for programs. */
function conflictsAnswer({ errors, omitted }: HeksherError): Writable {
  const texts = fitting(
    errors.map(({ message }) => message),
    MOST_BYTES / 2,
  );
  const parts = fitting(
    errors.map((entry) => partAnswer(entry)),
    MOST_BYTES / 2,
  );
  const total = errors.length + omitted;
  const more = total > texts.length ? [`and ${total - texts.length} more`] : [];
  return {
    conflicts: [...texts, ...more],
    errors: parts,
    omitted: total > parts.length ? total - parts.length : undefined,
  };
}
