import { createHash } from 'node:crypto';

import { isLanewiseError, parseRepoPath, type PinSelector } from '@lanewise/model';
import { describe, expect, it } from 'vitest';

import {
  detectFormat,
  findPins,
  formats,
  isCandidate,
  readPins,
  rewriteChart,
  rewritePins,
  type Manifest,
  type PinEdit,
} from '../src/index.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const manifest = (file: string, text: string): Manifest => ({
  file: parseRepoPath(file),
  bytes: encode(text),
});

function set(file: string, text: string, selector: PinSelector, value: PinEdit['value']): string {
  try {
    return decode(rewritePins(manifest(file, text), [{ selector, value }]));
  } catch (error) {
    if (isLanewiseError(error)) return error.code;
    throw error;
  }
}

/** What is found, in a line each. */
function found(file: string, text: string): string[] {
  return findPins(manifest(file, text)).map(({ selector, text: value, image, holds, sureness }) =>
    [selector.format, selector.document?.name, selector.path, value, image, holds, sureness]
      .filter((part) => part !== undefined && part !== null)
      .join(' '),
  );
}

const digest = (sign: string): string => `sha256:${sign.repeat(64)}`;

describe('helm-values', () => {
  const text = `global: &all
  image: { registry: example.com, repository: acme/base, tag: "1.0" }
docs:
  image:
    registry: reg.example.com:5000
    repository: acme/docs
    tag: 1.4.1
    digest: ${digest('a')}
worker:
  image: example.com/acme/worker:2.0@${digest('b')}
sidecarImage: example.com/acme/side:3
api_image_tag: v9
other: {{ .Values.x }}
`;
  it('finds images in parts, in one text and under flat keys', () => {
    expect(found('charts/docs/values-prod.yaml', text)).toMatchInlineSnapshot(`
      [
        "helm-values global.image.tag 1.0 example.com/acme/base tag sure",
        "helm-values docs.image.tag 1.4.1 reg.example.com:5000/acme/docs tag sure",
        "helm-values docs.image.digest sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa reg.example.com:5000/acme/docs digest sure",
        "helm-values worker.image 2.0@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb example.com/acme/worker tag sure",
        "helm-values sidecarImage 3 example.com/acme/side tag sure",
        "helm-values api_image_tag v9 tag likely",
      ]
    `);
  });

  it('chooses by the image, and by what the value is', () => {
    const selector = { image: 'reg.example.com:5000/acme/docs' };
    expect(set('values.yaml', text, selector, '1.4.2')).toBe(text.replace('1.4.1', '1.4.2'));
    expect(set('values.yaml', text, selector, digest('c'))).toBe(
      text.replace(digest('a'), digest('c')),
    );
    expect(set('values.yaml', text, { image: 'acme/none' }, '1')).toBe('PIN_MISSING');
  });
});

describe('kustomize', () => {
  const text = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- https://git.example.com/acme/base//deploy?ref=v1.4.1&submodules=false
- ../local
images:
- newTag: v1
  name: docs
  newName: example.com/acme/docs
`;
  it('finds entries and the refs of remote bases', () => {
    expect(found('apps/prod/kustomization.yml', text)).toMatchInlineSnapshot(`
      [
        "kustomize resources[^https://git.example.com/acme/base//deploy] v1.4.1 revision sure",
        "kustomize images[name=docs].newTag v1 example.com/acme/docs tag sure",
      ]
    `);
  });

  it('takes nothing for a tag that is none', () => {
    expect(set('Kustomization', text, { image: 'docs' }, 'refs/tags/v1')).toBe('PIN_REFUSED');
    expect(set('Kustomization', text, { image: 'docs' }, '')).toBe('PIN_REFUSED');
  });

  it('changes only the ref of a remote base', () => {
    const path = 'resources[^https://git.example.com/acme/base]';
    expect(set('Kustomization', text, { path }, 'v1.4.2')).toBe(text.replace('v1.4.1', 'v1.4.2'));
    expect(set('Kustomization', text, { path }, 'v1&x=2')).toBe('PIN_REFUSED');
  });
});

describe('kubernetes', () => {
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: docs }
spec:
  template:
    spec:
      initContainers:
      - image: example.com/acme/docs-init:1
        name: init
      containers:
      - name: app
        image: "example.com/acme/docs:1.4.1"
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: sweep }
spec: { jobTemplate: { spec: { template: { spec: { containers: [ { name: app, image: example.com/acme/sweep:7 } ] } } } } }
---
apiVersion: v1
kind: List
items:
- kind: Pod
  metadata: { name: one }
  spec: { containers: [ { name: app, image: example.com/acme/one@${digest('a')} } ] }
`;
  it('finds containers of every kind', () => {
    expect(found('deploy.yaml', text)).toMatchInlineSnapshot(`
      [
        "kubernetes docs spec.template.spec.initContainers[name=init].image 1 example.com/acme/docs-init tag sure",
        "kubernetes docs spec.template.spec.containers[name=app].image 1.4.1 example.com/acme/docs tag sure",
        "kubernetes sweep spec.jobTemplate.spec.template.spec.containers[name=app].image 7 example.com/acme/sweep tag sure",
        "kubernetes items[metadata.name=one].spec.containers[name=app].image sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa example.com/acme/one digest sure",
      ]
    `);
  });

  const map = `apiVersion: v1
kind: ConfigMap
metadata: { name: shop-values } # for Flux
data:
  LOG_LEVEL: "7"
  values.yaml: |
    # written by hand
    image:   { repository: example.com/acme/shop, tag: 1.4.1 } # now

    worker: { image: "example.com/acme/worker:1e5" }
  other.yaml: |
    image: example.com/acme/not:1
`;

  it('finds and changes values that a ConfigMap holds as a block, and nothing else of it', () => {
    expect(found('shop.yaml', map)).toEqual([
      'kubernetes data."values.yaml".image.tag 1.4.1 example.com/acme/shop tag sure',
      'kubernetes data."values.yaml".worker.image 1e5 example.com/acme/worker tag sure',
    ]);
    const tag = { path: 'data."values.yaml".image.tag' };
    expect(set('shop.yaml', map, tag, '1e6')).toBe(map.replace('tag: 1.4.1', 'tag: "1e6"'));
    const worker = { path: 'data["values.yaml"].worker.image' };
    expect(set('shop.yaml', map, worker, '2.0')).toBe(map.replace('1e5', '2.0'));
    expect(set('shop.yaml', map, { path: 'data.LOG_LEVEL' }, '8')).toBe(map.replace('"7"', '"8"'));
    const crlf = map.replaceAll('\n', '\r\n');
    expect(set('shop.yaml', crlf, tag, '1.5.0')).toBe(crlf.replace('1.4.1', '1.5.0'));
  });

  it.each(['>', '"image: { tag: 1.4.1 }"'])(
    'refuses values that a ConfigMap holds in another style: %s',
    (style) => {
      const text = style.startsWith('"')
        ? map.replace(/values\.yaml: \|[^]*?(?= {2}other)/, `values.yaml: ${style}\n`)
        : map.replace('values.yaml: |', 'values.yaml: >');
      expect(set('shop.yaml', text, { path: 'data."values.yaml".image.tag' }, '2')).toBe(
        'PIN_REFUSED',
      );
    },
  );

  it('chooses a container by name in one document, or an image by its name in all', () => {
    const document = { kind: 'CronJob', name: 'sweep' };
    expect(
      set(
        'deploy.yaml',
        text,
        { format: 'kubernetes', document, path: 'containers[name=app].image' },
        '8',
      ),
    ).toBe(text.replace('sweep:7', 'sweep:8'));
    expect(set('deploy.yaml', text, { image: 'example.com/acme/docs' }, '1.4.2')).toBe(
      text.replace('1.4.1', '1.4.2'),
    );
    expect(set('deploy.yaml', text, { image: 'example.com/acme/one' }, digest('b'))).toBe(
      text.replace(digest('a'), digest('b')),
    );
  });
});

describe('flux-helmrelease', () => {
  const text = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: docs
spec:
  chart:
    spec:
      chart: docs
      version: 0.20.2
  values:
    image:
      repository: example.com/acme/docs
      tag: 1.4.1
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: docs
spec:
  ref:
    tag: v1
`;
  it('finds values, the version of the chart and refs', () => {
    expect(found('apps/docs.yaml', text)).toMatchInlineSnapshot(`
      [
        "flux-helmrelease docs spec.chart.spec.version 0.20.2 version sure",
        "flux-helmrelease docs spec.values.image.tag 1.4.1 example.com/acme/docs tag sure",
        "flux-helmrelease docs spec.ref.tag v1 tag sure",
      ]
    `);
  });

  it('refuses a range of versions', () => {
    const path = 'spec.chart.spec.version';
    expect(set('x.yaml', text, { path }, '0.20.3')).toBe(text.replace('0.20.2', '0.20.3'));
    expect(set('x.yaml', text.replace('0.20.2', '">=1.0.0"'), { path }, '1.2.3')).toBe(
      'PIN_REFUSED',
    );
    expect(set('x.yaml', text.replace('0.20.2', '2.x'), { path }, '1.2.3')).toBe('PIN_REFUSED');
  });
});

describe('flux-marker', () => {
  const text = `images:
- name: docs
  newTag: "1.4.1"   # {"$imagepolicy": "flux-system:docs:tag"}
image: example.com/acme/docs:1.4.1 # {"$imagepolicy": "flux-system:docs"}
`;
  it('changes the marked value', () => {
    const format = 'flux-marker';
    expect(set('x.yaml', text, { format, path: 'flux-system:docs:tag' }, '1.4.2')).toBe(
      text.replace('"1.4.1"', '"1.4.2"'),
    );
    expect(set('x.yaml', text, { format, path: 'flux-system:docs' }, '1.4.2')).toBe(
      text.replace('docs:1.4.1', 'docs:1.4.2'),
    );
    expect(set('x.yaml', text, { format, path: 'flux-system:api' }, '1.4.2')).toBe('PIN_MISSING');
    expect(
      set('x.yaml', text.replace('docs:tag"', 'docs"'), { format, path: 'flux-system:docs' }, '1'),
    ).toBe('PIN_AMBIGUOUS');
    expect(found('x.yaml', text).filter((line) => line.startsWith('flux-marker'))).toHaveLength(2);
  });
});

describe('argo-application', () => {
  const text = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: docs
spec:
  sources:
  - repoURL: https://charts.example.com
    chart: docs
    targetRevision: 0.20.2
    helm:
      parameters:
      - name: image.tag
        value: "1.4.1"
      valuesObject:
        image: { repository: example.com/acme/docs, tag: 1.4.1 }
      values: |

        # inner
        worker:
          image:
            repository: example.com/acme/worker
            tag: v0.6.1 # now

        other: 1
  source:
    repoURL: https://git.example.com/deploy
    targetRevision: main
    kustomize:
      images:
      - >-
        docs=example.com/acme/docs:1.4.1
      - example.com/acme/api:3
`;
  it('finds every place', () => {
    expect(found('apps/docs.yaml', text)).toMatchInlineSnapshot(`
      [
        "argo-application spec.sources[repoURL=https://charts.example.com].targetRevision 0.20.2 version sure",
        "argo-application spec.sources[repoURL=https://charts.example.com].helm.parameters[name=image.tag].value 1.4.1 tag likely",
        "argo-application spec.sources[repoURL=https://charts.example.com].helm.valuesObject.image.tag 1.4.1 example.com/acme/docs tag sure",
        "argo-application spec.sources[repoURL=https://charts.example.com].helm.values.worker.image.tag v0.6.1 example.com/acme/worker tag sure",
        "argo-application spec.source.targetRevision main revision perhaps",
        "argo-application spec.source.kustomize.images[^docs=] 1.4.1 example.com/acme/docs tag sure",
        "argo-application spec.source.kustomize.images[^example.com/acme/api:] 3 example.com/acme/api tag sure",
      ]
    `);
  });

  it('changes one value inside the block of values', () => {
    const path = 'spec.sources[chart=docs].helm.values.worker.image.tag';
    expect(set('x.yaml', text, { path }, 'v0.6.2')).toBe(text.replace('v0.6.1', 'v0.6.2'));
    expect(set('x.yaml', text.replaceAll('\n', '\r\n'), { path }, '1e5')).toBe(
      text.replaceAll('\n', '\r\n').replace('v0.6.1', '"1e5"'),
    );
    expect(set('x.yaml', text.replace('values: |', 'values: >'), { path }, '1')).toBe(
      'PIN_REFUSED',
    );
    expect(set('x.yaml', text, { path: `${path}x` }, '1')).toBe('PIN_MISSING');
    const [reading] = readPins(manifest('x.yaml', text), [{ path }]);
    expect(reading?.kind === 'value' && [reading.text, reading.line, reading.column]).toEqual([
      'v0.6.1',
      22,
      18,
    ]);
  });

  it('changes two values in one block at once', () => {
    const base = 'spec.sources[chart=docs].helm.values';
    const bytes = rewritePins(manifest('x.yaml', text), [
      { selector: { path: `${base}.worker.image.tag` }, value: 'v0.6.22' },
      { selector: { path: `${base}.other` }, value: 2 },
      { selector: { path: 'spec.source.targetRevision' }, value: 'v2' },
    ]);
    expect(decode(bytes)).toBe(
      text.replace('v0.6.1', 'v0.6.22').replace('other: 1', 'other: 2').replace(': main', ': v2'),
    );
  });

  it('changes parameters, values and overrides', () => {
    expect(
      set(
        'x.yaml',
        text,
        { path: 'spec.sources[chart=docs].helm.parameters[name=image.tag].value' },
        '1.4.2',
      ),
    ).toBe(text.replace('"1.4.1"', '"1.4.2"'));
    expect(set('x.yaml', text, { path: 'spec.source.kustomize.images[^docs=]' }, '1.4.2')).toBe(
      text.replace('docs:1.4.1', 'docs:1.4.2'),
    );
    expect(set('x.yaml', text, { image: 'example.com/acme/api' }, '4')).toBe(
      text.replace('api:3', 'api:4'),
    );
    expect(set('x.yaml', text, { image: 'example.com/acme/docs' }, '4')).toBe('PIN_AMBIGUOUS');
  });
});

describe('helm-chart', () => {
  const chart = (version: string): string => `name: site
version: 0.1.0
appVersion: "1.4.1" # app
dependencies:
- name: docs
  version: ${version}
  repository: https://charts.example.com/?a&b
  condition: docs.enabled
  tags: [web]
`;
  const hash = (version: string): string => {
    const entry = { name: 'docs', version, repository: 'https://charts.example.com/?a&b' };
    const json = JSON.stringify([
      [{ ...entry, condition: 'docs.enabled', tags: ['web'] }],
      [entry],
    ]).replaceAll('&', '\\u0026');
    return `sha256:${createHash('sha256').update(json).digest('hex')}`;
  };
  const lock = (version: string, date: string): string =>
    `dependencies:\n- name: docs\n  repository: https://charts.example.com/?a&b\n  version: ${version}\ndigest: ${hash(version)}\ngenerated: "${date}"\n`;
  const edits = [{ selector: { path: 'dependencies[name=docs].version' }, value: '1.4.2' }];
  const before = '2024-01-02T03:04:05.6789+01:00';
  const now = '2024-05-06T07:08:09Z';

  it('changes versions, never a range', () => {
    expect(found('charts/site/Chart.yaml', chart('1.4.1'))).toHaveLength(3);
    expect(found('charts/site/Chart.yaml', chart('^1.4.1'))).toHaveLength(2);
    expect(set('Chart.yaml', chart('1.4.1'), { path: 'appVersion' }, '1.10')).toBe(
      chart('1.4.1').replace('"1.4.1"', '"1.10"'),
    );
    expect(
      set('Chart.yaml', chart('1.4.1'), { path: 'dependencies[name=docs].version' }, '1.4.2'),
    ).toBe('PIN_REFUSED');
  });

  it("keeps the lock in step: the entry, Helm's digest and the date", () => {
    const files = {
      chart: manifest('Chart.yaml', chart('1.4.1')),
      lock: manifest('Chart.lock', lock('1.4.1', before)),
    };
    const result = rewriteChart(files, edits, now);
    expect(decode(result.chart)).toBe(chart('1.4.2'));
    expect(result.lock && decode(result.lock)).toBe(lock('1.4.2', now));
    expect(rewriteChart({ ...files, lock: null }, edits, now).lock).toBeNull();
  });

  it('computes a digest as Helm has written it', () => {
    // Name, repository and digest as they stand in the lock of a public chart (argo-helm, argo-cd 4.7).
    const entry =
      'name: redis-ha\n  version: 4.15.0\n  repository: https://dandydeveloper.github.io/charts/\n';
    const real = 'dbe1d621ce62ce8cf42eb1b60b8d35667beb8920bc3dbf7417f77081c8ed5f2d';
    const files = {
      chart: manifest('Chart.yaml', `dependencies:\n- ${entry}  condition: redis-ha.enabled\n`),
      lock: manifest(
        'Chart.lock',
        `dependencies:\n- ${entry}digest: sha256:${real}\ngenerated: "${before}"\n`,
      ),
    };
    const moved = rewriteChart(
      files,
      [{ selector: { path: 'dependencies[name=redis-ha].version' }, value: '4.15.1' }],
      now,
    );
    expect(moved.lock && decode(moved.lock)).not.toContain(real);
    expect(moved.lock && decode(moved.lock)).toContain('version: 4.15.1\n');
  });

  it('refuses a lock that does not fit', () => {
    const files = {
      chart: manifest('Chart.yaml', chart('1.4.1')),
      lock: manifest('Chart.lock', lock('1.4.0', before)),
    };
    expect(() => rewriteChart(files, edits, now)).toThrow(/digest does not fit/);
  });
});

describe('text', () => {
  it('changes the group of a pattern that fits once', () => {
    const text = '# env\r\nAPI_TAG=1\r\nDOCS_TAG=1.4.1 # now\r\n';
    expect(set('apps/prod/.env', text, { path: String.raw`^DOCS_TAG=(\S*)` }, '1.4.2')).toBe(
      text.replace('1.4.1', '1.4.2'),
    );
    expect(set('apps/prod/.env', text, { path: String.raw`_TAG=(\S*)` }, '1.4.2')).toBe(
      'PIN_AMBIGUOUS',
    );
    expect(set('apps/prod/.env', text, { path: String.raw`^NO=(\S*)` }, '1.4.2')).toBe(
      'PIN_MISSING',
    );
    expect(set('apps/prod/.env', text, { path: String.raw`^DOCS_TAG=(\S*)` }, 'a b')).toBe(
      'PIN_REFUSED',
    );
    expect(set('apps/prod/.env', text, { path: String.raw`^DOCS_TAG=([\d.]+)` }, 'v1')).toBe(
      'PIN_REFUSED',
    );
    expect(set('apps/prod/.env', text, { path: 'DOCS_TAG=' }, 'v1')).toBe('CONFIG_INVALID');
  });
});

describe('formats', () => {
  it.each([
    ['apps/docs/kustomization', 'images: []', 'kustomize'],
    ['apps/docs/Kustomization', 'images: []', 'kustomize'],
    ['apps/docs/values-prod.yaml', 'image: x', 'helm-values'],
    ['apps/docs/prod.values.yml', 'image: x', 'helm-values'],
    [
      'apps/docs/release.yaml',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n',
      'flux-helmrelease',
    ],
    [
      'apps/docs/app.yaml',
      'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n',
      'argo-application',
    ],
    ['Chart.yaml', 'name: x', 'helm-chart'],
    ['x.json', '{}', 'json'],
    ['x.yaml', 'a: 1', 'yaml'],
    ['.env', 'A=1', 'text'],
    ['docs', '# x\n\na: 1', 'yaml'],
    ['docs', 'some words', null],
  ])('%s is told by name and content', (file, text, format) => {
    expect(detectFormat(parseRepoPath(file), encode(text))).toBe(format);
  });

  it('may be added by anybody, in a table that is handed over', () => {
    const [first] = formats.filter(({ name }) => name === 'yaml');
    if (!first) throw new Error('no format');
    const mine = { ...first, name: 'text', recognises: () => true } as const;
    const bytes = rewritePins(
      manifest('docs.toml', 'tag: 1.4.1'),
      [{ selector: { path: 'tag' }, value: '1.4.2' }],
      [mine],
    );
    expect(decode(bytes)).toBe('tag: 1.4.2');
  });

  it('are not looked for in what can hold no pin', () => {
    expect(isCandidate('apps/docs/values.yaml', encode('image: {tag: 1}'))).toBe(true);
    expect(isCandidate('apps/docs/docs', encode('image_tag: 1'))).toBe(true);
    expect(isCandidate('charts/docs/templates/deploy.yaml', encode('image: {{ .x }}'))).toBe(false);
    expect(isCandidate('apps/docs/values.yaml', encode('a: 1'))).toBe(false);
    expect(isCandidate('logo.png', encode('image'))).toBe(false);
    const template = 'image: { repository: a/b, tag: v1 }\nname: "{{ .x }}"';
    expect(found('charts/docs/templates/values.yaml', template)).toEqual([]);
    expect(found('charts/docs/values.yaml', template)).toHaveLength(1);
  });
});
