import { RULE_ID } from '../../http/id-pipe.js';
import { bodyAs } from '../../http/validation.js';
import { jsonAnswer } from '../../json-answer.js';
import { type WriteRoute } from '../../write-routes/write-route.js';
import { AddRuleRequest, RuleValueRequest } from './rules.dto.js';
import { type RulesService } from './rules.service.js';

export function addRuleRoute(rules: RulesService): WriteRoute {
  return {
    method: 'POST',
    path: '/api/v1/rules',
    status: 201,
    async handle({ body, caller, prefix }) {
      const { setting, feature_values: conditions, value, metadata } = await bodyAs(AddRuleRequest, body);
      const id = await rules.add(setting, { conditions, value, metadata }, caller);
      // Existing clients append the location to the path they posted to.
      const headers = ['Location', `/${id}`, 'Content-Location', `${prefix}/api/v1/rules/${id}`];
      return { headers, body: jsonAnswer({ rule_id: id }) };
    },
  };
}

export function changeRuleValueRoute(rules: RulesService): WriteRoute {
  return {
    method: 'PUT',
    path: '/api/v1/rules/:id/value',
    status: 204,
    async handle({ parameter, body, caller }) {
      const id = RULE_ID.transform(parameter);
      const { value } = await bodyAs(RuleValueRequest, body);
      await rules.change(id, { value }, caller);
      return {};
    },
  };
}
