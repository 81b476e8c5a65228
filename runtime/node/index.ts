/** What training needs of a file system and a terminal: Node, Deno and Bun. Everything else runs in browsers too. */

export { type CheckpointFolderOptions, checkpointFolder } from "./checkpointFolder.ts";
export { type ProgressBarOptions, progressBar, type Screen } from "./progressBar.ts";
