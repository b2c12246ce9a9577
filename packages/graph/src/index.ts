export {
  affectedProjects,
  type AffectedProject,
  type ProjectCause,
  type ProjectsQuestion,
  type TouchedFile,
} from './affected-projects.js';
export { readGraphGround, type GraphGround, type GroundQuestion } from './kept/graph-ground.js';
export { compareGraphs, type Difference, type GraphDifference } from './kept/compare-graphs.js';
export { openGraphFolder, type GraphFolderOptions } from './kept/graph-folder.js';
export { graphSpace, type GraphSpace } from './kept/graph-space.js';
export { decodeGraph, encodeGraph } from './kept/graph-text.js';
export {
  findKeptGraph,
  graphAlgorithm,
  findGraph,
  graphKey,
  keepGraph,
  type GraphKey,
  type FoundGraph,
  type GraphStore,
  type KeptGraph,
} from './kept/kept-graph.js';
export { openSealedText, sealText } from './kept/sealed-text.js';
export { comparePackages, type ChangedPackage } from './lockfiles/compare-packages.js';
export {
  lockfileNames,
  type LockedKey,
  type LockedPackage,
  type Lockfile,
} from './lockfiles/lockfile.js';
export { isUsedOtherwise, packageUses, type PackageUse } from './lockfiles/package-uses.js';
export { readNpmLockfile } from './lockfiles/npm.js';
export { canReadLockfile, readLockfile } from './lockfiles/read-lockfile.js';
export {
  resolvePackages,
  resolveProductPackages,
  type ResolvedPackage,
  type ResolvedPackages,
} from './lockfiles/resolve-packages.js';
export { graphFromNx, type NxWorkspace } from './nx/graph-from-nx.js';
export { askNx, isTestedNx, loadNxGraph, testedNx, type NxAnswer } from './nx/load-nx-graph.js';
export { underNamedInputs } from './nx/target-inputs.js';
export type { ChildOptions } from './nx/run-child.js';
export { readGraphFile, type GraphFileContext } from './nx/read-graph-file.js';
export {
  compareNxJson,
  type NxJsonChange,
  type NxJsonPart,
} from './config-files/compare-nx-json.js';
export { mayBuild, outlineNxJson, type NxJsonSetting } from './config-files/outline-nx-json.js';
export {
  compareTsconfig,
  outlineTsconfig,
  projectsOfAlias,
  type ChangedAlias,
  type TsconfigComparison,
  type TsconfigOutline,
} from './config-files/compare-tsconfig.js';
export {
  extendTsconfig,
  type ExtendedTsconfig,
  type TsconfigPlace,
} from './config-files/extend-tsconfig.js';
export { readJsonc } from './config-files/jsonc.js';
export { nxProjects, type NamedProject } from './nx/find-matching-projects.js';
export { parseLooseJson } from './nx/loose-json.js';
export {
  readProjectFiles,
  tellsProjects,
  type FileProject,
  type TextFolder,
} from './nx/project-files.js';
export { withDeclaredEdges } from './declared-edges.js';
export { declaredGraph } from './declared-graph.js';
export { existingProducts } from './existing-products.js';
export type { PathTest } from './compile-glob.js';
export { matchFilter, matchGlobs, memberTests } from './match-filter.js';
export { withLinkedFolders, type ReadManifest } from './linked-folders.js';
export { manifestsIn } from './read-manifest.js';
export { ownerFinder } from './owner-finder.js';
export { productInputs } from './product-inputs.js';
export { productNeeds, type ProductNeed } from './product-needs.js';
export type { PageAssets } from './page/document.js';
export type { PageTitle } from './page/make-content.js';
export { renderPage, renderSvg } from './page/render-page.js';
export {
  viewGraph,
  type AffectedReason,
  type GraphQuestion,
  type GraphView,
  type RunningVersion,
  type ViewNode,
} from './render/graph-view.js';
export { graphSchema } from './render/json.js';
export { renderGraph, type GraphFormat } from './render/render-graph.js';
export { ownProjects } from './workspace-graph.js';
export { selectProducts } from './select-products.js';
export { filesReadByContent, type TextChange, type TouchedTexts } from './touched-by-content.js';
export type {
  BuiltFrom,
  DeclaredInputs,
  Edge,
  EdgeType,
  FileFilter,
  InputLists,
  Product,
  ProductInputs,
  Project,
  WorkspaceGraph,
} from './workspace-graph.js';
