export { detectFormat } from './detect-format.js';
export type { Format, FormatTable, Manifest, PinEdit, PinReading } from './format.js';
export { movesChartLock } from './formats/helm-chart.js';
export { formats } from './formats/table.js';
export { parsePinPath, type PathStep } from './paths/parse-path.js';
export { holdsValue, readPins } from './read-pins.js';
export { rewriteChart, type ChartFiles } from './rewrite-chart.js';
export { rewritePins } from './rewrite-pins.js';
export { isCandidate, isCandidatePath } from './find/candidate.js';
export { findPins } from './find/find-pins.js';
export type { FoundPin } from './find/found-pin.js';
export {
  findImageUpdateAutomations,
  type ImageUpdateAutomation,
} from './find/image-update-automations.js';
export type { Source } from './source.js';
export type { AbsentSpot, InnerSpot, RangeSpot, ScalarSpot, Spot } from './spot.js';
export { makeSurvey } from './survey/make-survey.js';
export type {
  KnownProduct,
  Sureness,
  Survey,
  SurveyedEnvironment,
  SurveyedPin,
  SurveyedProduct,
  SurveyInput,
  Unplaced,
} from './survey/survey.js';
export { writeConfig, type ConfigOptions } from './survey/write-config.js';
