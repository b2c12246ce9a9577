/** The folders that a path lies in, the innermost first, the root (`''`) last. */
export function foldersAround(path: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = path; folder !== '';) {
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')));
    folders.push(folder);
  }
  return folders;
}
