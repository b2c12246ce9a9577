import { describe, expect, it } from 'vitest';
import { matchDocker, readDockerignore } from '../src/verify/docker-context.js';
import { readDockerfile } from '../src/verify/read-dockerfile.js';
import { makeSample } from './sample.js';

const sourcesOf = (text: string): readonly (string | null)[] =>
  readDockerfile(text).map(({ path }) => path);

describe('what a Dockerfile copies from its context', () => {
  it('is what COPY and ADD name, in both forms, without flags and the target', () => {
    expect(
      sourcesOf(
        [
          'FROM node:20 AS build',
          'copy --chown=1:1 --link apps/docs libs/ui/ ./',
          'ADD ["my file.txt", "b", "/x/"]',
          'COPY "with space" \'and this\' esc\\ aped /y',
          'COPY --from=build /out /out',
          'COPY --exclude=*.md /docs/../libs/./core /z',
          'ADD https://example.com/a.tgz git@example.com:a/b.git local.tgz /w/',
        ].join('\n'),
      ),
    ).toEqual([
      'apps/docs',
      'libs/ui',
      'my file.txt',
      'b',
      'with space',
      'and this',
      'esc aped',
      'libs/core',
      'local.tgz',
    ]);
  });

  it('is found over lines that go on, with comments between them', () => {
    const found = readDockerfile(
      'FROM a\r\nCOPY a \\\r\n# not this\r\n\r\n  b \\\r\n  /c\r\nCOPY d /e\r\n',
    );
    expect(found).toEqual([
      { path: 'a', written: 'a', line: 2 },
      { path: 'b', written: 'b', line: 2 },
      { path: 'd', written: 'd', line: 7 },
    ]);
    expect(sourcesOf('# escape=`\nFROM a\nCOPY a `\n  c:\\b /x')).toEqual(['a', 'c:\\b']);
  });

  it('is not looked for in here-documents', () => {
    expect(
      sourcesOf(
        [
          'FROM a',
          'RUN <<EOF bash -s',
          'COPY not this /x',
          'EOF',
          'COPY <<-"ONE" <<TWO real /x/',
          'COPY data /x',
          '\tONE',
          'COPY data /x',
          'TWO',
          'RUN cat <<< text',
          'COPY last /x',
        ].join('\n'),
      ),
    ).toEqual(['real', 'last']);
  });

  it('is told where variables have values, and unknown where not', () => {
    expect(
      sourcesOf(
        [
          'ARG APP=docs',
          'ARG EMPTY',
          'FROM node:$APP',
          'COPY apps/$APP /x',
          'ARG APP',
          'ENV ROOT=apps/$APP NAME="a b"',
          'ENV OLD form of it',
          'COPY ${ROOT} ${MISSING:-dflt} ${APP:+alt} \\$kept /x',
          'COPY $MISSING /x',
          'FROM other',
          'COPY $ROOT /x',
        ].join('\n'),
      ),
    ).toEqual([null, 'apps/docs', 'dflt', 'alt', '$kept', null, null]);
  });

  it('is also what RUN binds', () => {
    expect(
      sourcesOf(
        'FROM a\nRUN --mount=type=bind,source=libs/ui,target=/ui --mount=type=cache,target=/c --mount=type=bind,from=b,source=/q true\nRUN --mount=type=secret,id=x true',
      ),
    ).toEqual(['libs/ui']);
  });

  it('does not loop on texts that are no Dockerfile', () => {
    for (const text of [
      '',
      '\\',
      'COPY',
      'COPY a',
      'COPY \\\n',
      'RUN <<EOF',
      '[',
      'COPY [ "a" /x',
      '`'.repeat(99),
    ])
      expect(readDockerfile(text).length).toBeLessThan(3);
  });
});

describe('a .dockerignore', () => {
  it('keeps out what its last fitting rule names', () => {
    const ignored = readDockerignore(
      '# c\n**/node_modules\n*.md\n!README.md\n/dist/\nlibs/*/test\n',
    );
    const out = ['a/node_modules/b', 'x.md', 'dist/a/b', 'libs/ui/test/a'].filter(ignored);
    expect(out).toHaveLength(4);
    expect(['README.md', 'a/x.md', 'src/dist', 'libs/ui/src'].filter(ignored)).toEqual([]);
  });

  it('knows a source as a file, a folder, or a glob of them', () => {
    expect(matchDocker('libs/*/package.json')('libs/ui/package.json')).toBe(true);
    expect(matchDocker('libs')('libs/ui/a')).toBe(true);
    expect(matchDocker('lib')('libs/ui/a')).toBe(false);
    expect(matchDocker('a{b}')('a{b}/c')).toBe(true);
    expect(matchDocker('')('anything')).toBe(true);
  });
});

describe('verify and images', () => {
  it('names what an image copies that is no input of its product', async () => {
    const sample = makeSample();
    sample.push(
      {
        'apps/docs/Dockerfile':
          'FROM node:20\nCOPY apps/docs libs/logging ./\nCOPY lanewise.yaml README.md /x/\n',
        'apps/docs/Dockerfile.dockerignore': 'README.md\n',
        'apps/web/Dockerfile': 'FROM node:20\nCOPY main.js $WHAT /x/\n',
        'apps/api/Dockerfile': 'FROM node:20\nCOPY apps/api libs /x/\n',
        'README.md': 'read me',
      },
      'feat: images',
    );
    const { stdout } = await sample.lanewise('verify', '--json');
    const { findings } = JSON.parse(stdout) as {
      findings: { code: string; message: string; place: unknown }[];
    };
    const told = findings.filter(({ code }) => code.startsWith('copied-'));
    expect(told.map(({ message, place }) => [message, place])).toEqual([
      [
        'The image of docs copies libs/logging, of which libs/logging/index.js is no input of docs: a change there makes no release.',
        { file: 'apps/docs/Dockerfile', line: 2 },
      ],
      [
        'The image of docs copies lanewise.yaml, of which lanewise.yaml is no input of docs: a change there makes no release.',
        { file: 'apps/docs/Dockerfile', line: 3 },
      ],
      [
        'The image of web copies $WHAT, and what that is cannot be told from the Dockerfile.',
        { file: 'apps/web/Dockerfile', line: 2 },
      ],
    ]);
    await sample.world.dispose();
  });
});
