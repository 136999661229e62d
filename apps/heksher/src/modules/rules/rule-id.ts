import { invalid, notFound } from '@heksher/core';
import { Injectable, type PipeTransform } from '@nestjs/common';

const LARGEST_RULE_ID = 2 ** 31 - 1;

/** The id of a rule from a path: text that is no integer is malformed; an integer that no id can be is not found. */
@Injectable()
export class RuleIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    if (!/^[+-]?\d+$/.test(text)) throw invalid(`a rule id must be an integer, not ${JSON.stringify(text)}`, 'id');
    const id = Number(text);
    if (id < 1 || id > LARGEST_RULE_ID) throw notFound('rule', text);
    return id;
  }
}
