/** What each figure of a look back means, exactly: the page and the documentation say it in these words. */
export const definitions: readonly { readonly term: string; readonly meaning: string }[] = [
  {
    term: 'deployment',
    meaning:
      'A commit of the first-parent line of the branch after which a product has another value at one of its pins in one environment. A pin that comes (a new file, a manifest that moved) counts only if its value is new to that product and environment. It happened at the latest of the dates of the commit and its parents.',
  },
  {
    term: 'source commit',
    meaning:
      'The commit of the workspace that a value names: by a full or short id in it (sha-3f2a9c1, main-3f2a9c1-20260101), by a tag of that name (1.4.2, v1.4.2, docs@1.4.2, …), by a tag for a version inside the value, or by --at. A value that names several commits, or none, or is a digest, is untold.',
  },
  {
    term: 'unchanged',
    meaning:
      "Deployments whose source commit has the same inputs of the product as that of the deployment before it in the same environment: by content, and with today's graph. The share is of those that could be compared. The first in an environment has none before it and is neither changed nor unchanged.",
  },
  {
    term: 'could not tell',
    meaning:
      'Deployments of which one of the two source commits is untold, or whose product is none of the graph. They count neither as changed nor as unchanged.',
  },
  {
    term: 'more than the version',
    meaning:
      'Deployments (but the first in an environment) whose commit changed other bytes of the files that hold the value (quotes around it are part of it), other files, or values of other products; each of the three is counted by itself too.',
  },
  {
    term: 'back',
    meaning:
      'Deployments whose source commit is an ancestor of that of the deployment before it in the same environment, and not the same.',
  },
  {
    term: 'with others',
    meaning:
      'Deployments (but the first in an environment) whose commit deployed other products too.',
  },
  {
    term: 'empty',
    meaning:
      'Commits of the first-parent line that changed no file. For a product: those whose subject names it as a word.',
  },
  {
    term: 'lead time',
    meaning:
      'Seconds from the date of the source commit to the deployment, of deployments that brought a source commit into an environment for the first time; the first of each environment, steps back, and clocks that went wrong are left out. Shown are the median and the time within which nine of ten arrived (nearest rank).',
  },
  {
    term: 'builds',
    meaning:
      'Source commits (or, where untold, values) of a product that were deployed anywhere, each once, when they first were. Environments are not chosen from.',
  },
  {
    term: 'releases',
    meaning:
      "Builds that Lanewise would have released: the first of each product, and those whose inputs differ from those of the product's build before.",
  },
];
