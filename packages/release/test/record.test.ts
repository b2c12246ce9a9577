import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RefSnapshot, TagObject } from '@lanewise/git';
import type {
  CommitId,
  ObjectId,
  ProductName,
  ProjectName,
  RefName,
  Version,
} from '@lanewise/model';
import { makeMemoryRemote } from '@lanewise/testing';
import { decodeRecord, encodeRecord, readReleases, type ReleaseRecord } from '@lanewise/release';

const commit = 'c'.repeat(40) as CommitId;
const record: ReleaseRecord = {
  kind: 'own',
  product: 'docs' as ProductName,
  version: '1.4.2' as Version,
  commit,
  committedAt: 1_767_225_600,
  project: '@acme/docs' as ProjectName,
  images: {
    main: {
      repository: 'registry.example.com/docs',
      tag: '1.4.2',
      digest: `sha256:${'a'.repeat(64)}`,
    },
  },
  inputs: {
    algorithm: 1,
    digest: 'd',
    projects: [{ name: '@acme/docs' as ProjectName, root: '', filters: 'f' }],
  },
  needs: { api: { seen: '2.1.0' as Version, required: null } },
  pinText: null,
  allowed: { maxAffected: 3, leftBehind: ['1.5.0' as Version] },
};
const header = { name: 'docs@1.4.2', target: commit };
const payload = (value: unknown): string =>
  `docs 1.4.2\n\nLanewise-Record: 1 ${Buffer.from(JSON.stringify(value)).toString('base64url')}\n`;

describe('a record', () => {
  it('is read as it was written, whatever people write beside it', () => {
    const anyVersion = fc
      .tuple(fc.nat(99), fc.nat(99), fc.nat(99))
      .map((parts) => parts.join('.') as Version);
    fc.assert(
      fc.property(
        fc.record({
          version: anyVersion,
          project: fc.option(
            fc
              .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
              .filter((name) => !/\p{Cc}/u.test(name)),
          ),
          pinText: fc.option(fc.string()),
          filters: fc.string(),
          required: fc.option(anyVersion),
          committedAt: fc.nat(),
        }),
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }),
        ({ version, project, pinText, filters, required, committedAt }, notes) => {
          const made: ReleaseRecord = {
            ...record,
            version,
            project: project as ProjectName | null,
            pinText,
            committedAt,
            needs: { api: { seen: null, required } },
            inputs: {
              algorithm: 1,
              digest: '',
              projects: [{ name: 'x' as ProjectName, root: 'a b', filters }],
            },
          };
          const forged = [
            ...notes,
            `Lanewise-Record: 1 ${'A'.repeat(8)}`,
            '\nLanewise-Record: 1 e30',
          ];
          const message = encodeRecord(made, forged);
          expect(decodeRecord(message, { name: `docs@${version}`, target: commit })).toEqual(made);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is written the same for equal content, whatever the order of its keys', () => {
    const turned = Object.fromEntries(Object.entries(record).reverse()) as unknown as ReleaseRecord;
    expect(encodeRecord(turned)).toBe(encodeRecord(record));
  });

  it('has the notes indented, so that none of them begins a line', () => {
    const lines = encodeRecord(record, [
      'Features',
      '  - a\nLanewise-Record: 1 x',
      '\u001b[31mred',
    ]).split('\n');
    expect(lines.slice(4)).toEqual(['  Features', '    - a Lanewise-Record: 1 x', '  [31mred', '']);
  });

  it('is none where the message has no line of it', () => {
    expect(decodeRecord('docs 1.4.2\n\nfix: it\n', header)).toBeNull();
  });

  it.each([
    ['two records', encodeRecord(record) + encodeRecord(record)],
    ['another spelling of the field', 'x\n\nlanewise-record: 1 e30\n'],
    ['no base64url', 'x\n\nLanewise-Record: 1 {}\n'],
    ['no JSON', `x\n\nLanewise-Record: 1 ${Buffer.from('{').toString('base64url')}\n`],
    ['another product', encodeRecord({ ...record, product: 'api' as ProductName })],
    ['another version', encodeRecord({ ...record, version: '1.4.3' as Version })],
    ['another commit', encodeRecord({ ...record, commit: 'd'.repeat(40) as CommitId })],
    [
      'an image that is none',
      payload({ ...record, images: { main: { repository: 'x', tag: '' } } }),
    ],
    ['a version that is none', payload({ ...record, version: '1.4' })],
    ['a wrong shape', payload({ ...record, needs: [] })],
    ['a list', payload([])],
  ])('is refused with %s', (_what, message) => {
    expect(() => decodeRecord(message, header)).toThrowError(
      expect.objectContaining({ code: 'RECORD_INVALID' }),
    );
  });

  it('of a newer Lanewise is refused with the way out', () => {
    const newer = encodeRecord(record).replace('Lanewise-Record: 1 ', 'Lanewise-Record: 2 ');
    expect(() => decodeRecord(newer, header)).toThrowError(/made by a newer Lanewise/);
  });

  it('may have keys that this version does not know', () => {
    expect(decodeRecord(payload({ ...record, later: { a: 1 } }), header)).toEqual(record);
  });
});

describe('the releases of a remote', () => {
  const products = ['docs', 'docs-api'].map((name) => ({
    name: name as ProductName,
    project: null,
  }));
  const read = async (remote: ReturnType<typeof makeMemoryRemote>) => {
    const repository = remote.open();
    const snapshot = await repository.fetch({ refs: ['refs/tags/*'], depth: 'history' });
    return readReleases(repository, snapshot, { products, config: null });
  };

  it('are those of known products only, own and foreign, newest version first', async () => {
    const remote = makeMemoryRemote();
    const head = remote.commit({ a: '1' });
    remote.tag('docs@1.9.0', head);
    remote.tag('docs@1.10.0', head, 'docs 1.10.0\n');
    remote.tag('docs@1.4.2', head, encodeRecord({ ...record, commit: head }));
    remote.tag('docs-api@2.0.0', head);
    for (const other of [
      'docs@latest',
      'unknown@1.0.0',
      'docs@1.0',
      'docs@v1.0.0',
      'v1.0.0',
      '@acme/docs@1.0.0',
    ]) {
      remote.tag(other, head);
    }
    const book = await read(remote);
    expect(book.problems).toEqual([]);
    expect(book.all.map(({ kind, product, version }) => `${kind} ${product} ${version}`)).toEqual([
      'foreign docs 1.10.0',
      'foreign docs 1.9.0',
      'own docs 1.4.2',
      'foreign docs-api 2.0.0',
    ]);
    expect(book.allowed(book.releases('docs' as ProductName)[2]!)).toEqual(record.allowed);
  });

  it('do not hold a tag that was moved, copied to another name, or names no commit', async () => {
    const remote = makeMemoryRemote();
    const head = remote.commit({ a: '1' });
    const other = remote.commit({ a: '2' });
    const tag = remote.tag('docs@1.4.2', head, encodeRecord({ ...record, commit: head }));
    remote.setRef('refs/tags/docs@9.9.9', tag);
    remote.tag(
      'docs@1.4.3',
      other,
      encodeRecord({ ...record, version: '1.4.3' as Version, commit: head }),
    );
    const book = await read(remote);
    expect(book.all.map(({ version }) => version)).toEqual(['1.4.2']);
    expect(book.problems.map(({ ref }) => ref).sort()).toEqual([
      'refs/tags/docs@1.4.3',
      'refs/tags/docs@9.9.9',
    ] as RefName[]);
  });

  it('do not hold a tag of a tag', async () => {
    const id = 'a'.repeat(40) as ObjectId;
    const tag: TagObject = {
      id,
      target: 'b'.repeat(40) as ObjectId,
      targetType: 'tag',
      name: 'docs@1.4.4',
      tagger: null,
      taggedAt: null,
      message: '',
    };
    const repository = {
      readTags: async () => new Map([[id, tag]]),
      readCommits: async () => new Map(),
    };
    const refs = new Map([['refs/tags/docs@1.4.4' as RefName, id]]);
    const book = await readReleases(repository, { refs } as RefSnapshot, {
      products,
      config: null,
    });
    expect(book.all).toEqual([]);
    expect(book.problems[0]?.message).toContain('names a tag and no commit');
  });

  it('are found by version, or by seven or more digits of the commit where that is one', async () => {
    const remote = makeMemoryRemote();
    const head = remote.commit({ a: '1' });
    remote.tag(`docs@${head}`, head);
    const book = await read(remote);
    const found = book.find('docs' as ProductName, head.slice(0, 7));
    expect(found?.version).toBe(head);
    expect(book.find('docs' as ProductName, head.slice(0, 6))).toBeNull();
    remote.tag('docs@1.0.0', head);
    const both = await read(remote);
    expect(both.find('docs' as ProductName, '1.0.0')?.commit).toBe(head);
    expect(() => both.find('docs' as ProductName, head.slice(0, 9))).toThrowError(
      /2 releases of docs/,
    );
  });
});
