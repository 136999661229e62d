/**
 * Every kind of problem that an error of the service may report, by a code that does not change: programs go by these
 * codes, people by the messages. The texts are for the documents.
 */
export const PROBLEM_CODES = {
  malformed: 'The part is not what is accepted there.',
  missing: 'A part that must be given is not.',
  unknown_member: 'The body has a member that this operation does not know.',
  unknown_parameter: 'The query has a parameter that this operation does not know.',
  not_json: 'The body is not JSON.',
  duplicate_key: 'An object in the body has a key twice.',
  exclusive: 'Two parts are given of which only one can be, or the one that must be there is not.',
  repeated: 'Something is named twice.',
  too_many: 'More is given than one request may have.',
  immutable: 'The part cannot be changed.',
  wrong_type: 'A value is not of the type of its setting.',
  setting_not_found: 'There is no such setting.',
  alias_not_found: 'There is no such alias.',
  context_feature_not_found: 'There is no such context feature.',
  rule_not_found: 'There is no such rule.',
  rollout_not_found: 'There is no such rollout.',
  member_not_found: 'The rollout has no such member.',
  not_configurable: 'The setting is not configurable by that context feature.',
  first_version: 'A new setting must have the version 1.0.',
  version_too_low: 'The version must be higher.',
  needs_major_version: 'Such a change needs a new major version.',
  already_exists: 'There is such a one already; its id is a member of the entry.',
  name_taken: 'The name is in use by another setting.',
  in_use: 'Something that is to be removed is in use.',
  override_not_found: 'The setting has no override.',
  precondition_failed:
    'What would be changed is not what you have seen, or `If-None-Match` forbids it; the problem says what is there.',
  contradiction: 'What is stored contradicts the request.',
  no_route: 'No operation has that path.',
  method_not_allowed: 'The path has no operation of that method.',
  too_large: 'The body is too large.',
  unsupported: 'The body or the request is in a form that is not supported.',
  unavailable: 'The database does not answer.',
  doc_only: 'The service runs for its documents only.',
  internal_error: 'It is not your fault; the log has the details under the request id.',
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;
