import type { Environment } from './environment.js';
import { configValue, type GitConfig } from './git-config.js';
import type { Identity } from './repository.js';

/** Whoever no configuration and no CI names. */
const nobody: Identity = { name: 'lanewise', email: 'lanewise@localhost' };

/**
 * Who writes: git's own answer (`GIT_AUTHOR_*`, `user.name` and `user.email`), else the person that
 * the CI says it runs for, else a neutral `lanewise`. Never guesses from the machine's user.
 */
export function resolveIdentity(environment: Environment, config: GitConfig = []): Identity {
  const identity = fromGit(environment, config) ?? fromCi(environment) ?? nobody;
  return { name: plain(identity.name) || nobody.name, email: plain(identity.email) };
}

function fromGit(environment: Environment, config: GitConfig): Identity | null {
  const name =
    filled(environment['GIT_AUTHOR_NAME']) ??
    filled(configValue(config, 'author.name')) ??
    filled(configValue(config, 'user.name'));
  const email =
    filled(environment['GIT_AUTHOR_EMAIL']) ??
    filled(configValue(config, 'author.email')) ??
    filled(configValue(config, 'user.email')) ??
    filled(environment['EMAIL']);
  return name === null || email === null ? null : { name, email };
}

function fromCi(environment: Environment): Identity | null {
  const github = filled(environment['GITHUB_ACTOR']) ?? filled(environment['GITEA_ACTOR']);
  if (github !== null) return { name: github, email: `${github}@users.noreply.github.com` };
  const gitlab =
    filled(environment['GITLAB_USER_NAME']) ?? filled(environment['GITLAB_USER_LOGIN']);
  if (gitlab !== null)
    return { name: gitlab, email: filled(environment['GITLAB_USER_EMAIL']) ?? nobody.email };
  const azure = filled(environment['BUILD_REQUESTEDFOR']);
  if (azure !== null)
    return { name: azure, email: filled(environment['BUILD_REQUESTEDFOREMAIL']) ?? nobody.email };
  return null;
}

function filled(value: string | undefined): string | null {
  return value === undefined || value.trim() === '' ? null : value;
}

/** Git's header of a commit is one line: `name <email> …`; what would break it is left out. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is removed
  return text.replace(/[\u0000-\u001f\u007f<>]+/g, ' ').trim();
}
