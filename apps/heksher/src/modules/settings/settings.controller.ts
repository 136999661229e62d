import {
  accepts,
  type Declaration,
  formatDifference,
  formatJson,
  formatSettingType,
  type HeksherError,
  ProblemList,
  quoted,
  shortened,
  type RawJson,
  type Writable,
} from '@heksher/core';
import { Body, Controller, Delete, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { type Caller } from '../../caller.js';
import { CalledBy } from '../../http/called-by.js';
import { fitting, MOST_BYTES, partAnswer } from '../../http/problem-answer.js';
import { jsonAnswer } from '../../json-answer.js';
import { ApiDeclareSetting } from './declaration.api.js';
import { type DeclarationResult, DeclarationsService } from './declarations.service.js';
import { ApiChangeConfigurableFeatures, ApiChangeType, ApiDeleteSetting, ApiRenameSetting } from './settings.api.js';
import { ChangeConfigurableFeaturesDto, ChangeTypeDto, DeclareSettingDto, RenameSettingDto } from './settings.dto.js';
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
    @Body() body: DeclareSettingDto,
    @Res({ passthrough: true }) response: Response,
    @CalledBy() caller: Caller,
  ): Promise<RawJson> {
    const result = await this.declarations.declare(declarationOf(body), body.alias ?? undefined, caller);
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
    @Body() { type, version }: ChangeTypeDto,
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
  rename(@Param('name') name: string, @Body() body: RenameSettingDto, @CalledBy() caller: Caller): Promise<void> {
    return this.settings.rename(name, body.name, body.version, caller);
  }

  @Put(':name/configurable_features')
  @HttpCode(204)
  @ApiChangeConfigurableFeatures()
  changeConfigurableFeatures(
    @Param('name') name: string,
    @Body() { configurable_features, version }: ChangeConfigurableFeaturesDto,
    @CalledBy() caller: Caller,
  ): Promise<void> {
    return this.settings.changeConfigurableFeatures(name, configurable_features, version, caller);
  }
}

function declarationOf(body: DeclareSettingDto): Declaration {
  const { name, type, default_value, alias, configurable_features, metadata, version } = body;
  const problems = new ProblemList();
  const defaultValue = formatJson(default_value);
  if (!accepts(type, default_value)) {
    const shownType = shortened(formatSettingType(type), 200);
    const message = `default_value must be of the type ${shownType}, not ${shortened(defaultValue)}`;
    problems.add(() => ({ field: 'default_value', message, code: 'wrong_type' }));
  }
  if (alias === name) {
    problems.add(() => ({
      field: 'alias',
      message: `alias must differ from the name ${quoted(name)}`,
      code: 'repeated',
    }));
  }
  problems.throwIfAny();
  return { name, type, defaultValue, configurableFeatures: configurable_features, metadata, version };
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

function outcomeAnswer(result: DeclarationResult): Writable {
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
