export {
  type AppliedOperations,
  applyOperations,
  DeclarationRefused,
  type FailedOperation,
  type OperationResult,
} from './apply.js';
export { type ChangedMembers, type ChangedResource, changesOf } from './changes.js';
export { ExpectationFailed } from './expectation.js';
export { rolloutImage, ruleImage, settingImage } from './images.js';
export { inverseOperations } from './inverse.js';
export { type Expected, type Operation, type OperationName, type SettingChanges } from './operation.js';
