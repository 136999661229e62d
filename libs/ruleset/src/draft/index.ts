export { Draft } from './draft.js';
export { DraftMembers } from './draft-members.js';
export { type IdsOf, nextOf, nextOfAll, provisionalIds, type WrittenDraft } from './draft-next.js';
export { type NewIds, type Rows, rowsOf } from './draft-rows.js';
export {
  type DraftHead,
  type DraftRollout,
  type DraftRule,
  DraftSetting,
  headOfSetting,
  type RuleMark,
} from './draft-setting.js';
export {
  clearMetadata,
  deleteMetadataKey,
  haveSameMetadata,
  mergeMetadata,
  type Metadata,
  type MetadataChange,
  readMetadata,
  replaceMetadata,
  writeMetadata,
} from './metadata.js';
