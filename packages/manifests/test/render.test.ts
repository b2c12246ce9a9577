import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import type { RepoPath } from '@lanewise/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { findPins, rewritePins, type FoundPin, type Manifest } from '../src/index.js';
import { corpusIsThere, readCorpus } from './corpus.js';
import { findLayer, openRenderer, type Renderer } from './renderer.js';

const layer = findLayer();
if ('missing' in layer) console.warn(`No edit is rendered by Helm or Kustomize: ${layer.missing}.`);

const template = `kind: Values
values:
{{ toYaml .Values | indent 2 }}
chart:
  version: {{ .Chart.Version | quote }}
  appVersion: {{ .Chart.AppVersion | quote }}
`;
const chartText = 'apiVersion: v2\nname: probe\nversion: 0.1.0\n';

/** Files of the corpus that have a pin which is found by itself, each once. */
function pinnedFiles(shape: RegExp): readonly Manifest[] {
  const files = new Map(
    (corpusIsThere ? readCorpus() : [])
      .filter(({ file }) => shape.test(file))
      .map(({ file, bytes }) => [file, { file, bytes }] as const),
  );
  return [...files.values()].filter((manifest) => findPins(manifest).length > 0);
}

/** Another version of the same kind, as a promotion would write. */
function nextValue({ text, holds }: FoundPin): string {
  if (holds === 'digest') return `sha256:${'0123456789abcdef'.repeat(4)}`;
  return text.includes('@') ? `7.8.9@sha256:${'0123456789abcdef'.repeat(4)}` : '7.8.9';
}

/** Paths at which two parsed documents differ. */
function differences(one: unknown, other: unknown, path = ''): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other) ? [] : [path];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    differences(
      (one as Record<string, unknown>)[key],
      (other as Record<string, unknown>)[key],
      `${path}/${key}`,
    ),
  );
}

/** Lines that differ; the numbers of lines must be the same. */
function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  expect(now).toHaveLength(old.length);
  return now.filter((line, index) => line !== old[index]);
}

describe.skipIf('missing' in layer)(
  'after an edit, a real renderer finds only the value changed',
  () => {
    let renderer: Renderer;
    let folder: string;
    beforeAll(() => {
      if ('missing' in layer) return;
      renderer = openRenderer(layer.archive);
      folder = mkdtempSync(join(tmpdir(), 'lanewise-charts-'));
    }, 60_000);
    afterAll(() => {
      renderer.dispose();
      rmSync(folder, { recursive: true, force: true });
    });

    const put = (path: string, content: string | Uint8Array): string => {
      const whole = join(folder, path);
      mkdirSync(dirname(whole), { recursive: true });
      writeFileSync(whole, content);
      return whole;
    };

    it.each(
      pinnedFiles(/values[^/]*\.yaml$/).map((manifest) => [manifest.file, manifest] as const),
    )(
      'in the values %s, read by Helm',
      (file, manifest) => {
        const chart = dirname(put(`${file}.d/Chart.yaml`, chartText));
        put(`${file}.d/templates/probe.yaml`, template);
        const values = put(`${file}.d/edited.yaml`, manifest.bytes);
        const before = parse(renderer.helm(chart, values)) as unknown;
        const pins = findPins(manifest).slice(0, 2);
        for (const pin of pins) {
          writeFileSync(
            values,
            rewritePins(manifest, [{ selector: pin.selector, value: nextValue(pin) }]),
          );
          const after = parse(renderer.helm(chart, values)) as unknown;
          const found = differences(before, after);
          const last = pin.selector.path?.split('.').at(-1) ?? '';
          if (pin.selector.path?.startsWith('&') === true) expect(found.length).toBeGreaterThan(0);
          else expect(found).toHaveLength(1);
          for (const path of found) expect(path.endsWith(`/${last}`)).toBe(true);
        }
      },
      60_000,
    );

    it.each(
      pinnedFiles(/(?:^|\/)Chart\.yaml$/).map((manifest) => [manifest.file, manifest] as const),
    )(
      'in the chart %s',
      (file, manifest) => {
        const chartFile = put(`${file}.d/Chart.yaml`, manifest.bytes);
        put(`${file}.d/templates/probe.yaml`, template);
        // Dependencies are not in the corpus: Helm asks for each as a folder.
        const { dependencies = [] } = parse(new TextDecoder().decode(manifest.bytes)) as {
          dependencies?: { name: string; version: string }[];
        };
        for (const { name, version } of dependencies)
          put(
            `${file}.d/charts/${name}/Chart.yaml`,
            `apiVersion: v2\nname: ${name}\nversion: ${version.replace(/[^\d.].*$/, '') || '1.0.0'}\n`,
          );
        const pins = findPins(manifest).filter(({ selector }) =>
          /^(?:version|appVersion)$/.test(selector.path ?? ''),
        );
        const before = parse(renderer.helm(dirname(chartFile))) as unknown;
        for (const pin of pins) {
          writeFileSync(
            chartFile,
            rewritePins(manifest, [{ selector: pin.selector, value: '7.8.9' }]),
          );
          const after = parse(renderer.helm(dirname(chartFile))) as unknown;
          expect(differences(before, after)).toEqual([`/chart/${pin.selector.path ?? ''}`]);
        }
        expect(pins.length).toBeGreaterThan(0);
      },
      60_000,
    );

    it.each(
      pinnedFiles(/(?:^|\/)kustomization\.ya?ml$|\/Kustomization$/i).map(
        (manifest) => [manifest.file, manifest] as const,
      ),
    )(
      'in the Kustomization %s, with a workload that runs its images',
      (file, manifest) => {
        const pins = findPins(manifest).filter(({ selector }) =>
          /^images\[/.test(selector.path ?? ''),
        );
        if (pins.length === 0) return;
        const { images } = parse(new TextDecoder().decode(manifest.bytes)) as {
          images: { name: string }[];
        };
        const containers = images.map(({ name }, index) => ({ name: `c${index}`, image: name }));
        put(
          `${file}.d/workload.yaml`,
          `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: probe }\nspec: { template: { spec: { containers: ${JSON.stringify(containers)} } } }\n`,
        );
        // Only the images of the corpus's file: what else it names is not in the corpus.
        const isComponent = /^kind:\s*Component/m.test(new TextDecoder().decode(manifest.bytes));
        const place = isComponent ? 'component' : 'overlay';
        const path = put(`${file}.d/${place}/${basename(file)}`, withoutOthers(manifest));
        put(
          `${file}.d/${place}s/kustomization.yaml`,
          isComponent
            ? 'resources: [../workload.yaml]\ncomponents: [../component]\n'
            : 'resources: [../overlay]\n',
        );
        const target = join(folder, `${file}.d/${place}s`);
        const before = renderOrTell(file, () => renderer.kustomize(target));
        if (before === null) return;
        for (const pin of pins) {
          const shown = { file: manifest.file, bytes: withoutOthers(manifest) };
          const value = nextValue(pin);
          writeFileSync(path, rewritePins(shown, [{ selector: pin.selector, value }]));
          const lines = changedLines(before, renderer.kustomize(target));
          expect(lines).toHaveLength(1);
          expect(lines[0]).toMatch(/^\s*(?:- )?image: /);
          expect(lines[0]).toContain(value);
        }
      },
      60_000,
    );

    it('in a chart and an overlay of our own: one image of two, in one environment of two', () => {
      const deployment =
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: docs }\nspec:\n  template:\n    spec:\n      containers:\n        - name: docs\n          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n        - name: proxy\n          image: "{{ .Values.proxy.image }}"\n';
      const chart = dirname(put('own/Chart.yaml', chartText));
      put('own/templates/deployment.yaml', deployment);
      const values = (tag: string): string =>
        `# by hand\nimage: &i { repository: registry.example.com/acme/docs, tag: ${tag} }\nproxy: { image: 'registry.example.com/acme/proxy:1.0' }\nother: *i\n`;
      const dev = put('own/values-dev.yaml', values('"1.10"'));
      const prod = put('own/values-prod.yaml', values('65e0884'));
      const [devBefore, prodBefore] = [renderer.helm(chart, dev), renderer.helm(chart, prod)];
      const manifest = {
        file: 'own/values-prod.yaml' as RepoPath,
        bytes: new TextEncoder().encode(values('65e0884')),
      };
      writeFileSync(prod, rewritePins(manifest, [{ selector: { path: '&i.tag' }, value: '1e5' }]));
      expect(renderer.helm(chart, dev)).toBe(devBefore);
      const lines = changedLines(prodBefore, renderer.helm(chart, prod));
      expect(lines).toEqual(['          image: "registry.example.com/acme/docs:1e5"']);
    });

    it('leaves nothing of the corpus unrendered without saying so', () => {
      const rendered = existsSync(folder) ? readdirSync(folder).length : 0;
      if (corpusIsThere) expect(rendered).toBeGreaterThan(5);
      else
        console.warn(
          'The corpus does not stand beside the checkout: only our own chart is rendered.',
        );
    });
  },
);

/** A Kustomization with only its `images`, and the workload as its resource. */
function withoutOthers({ bytes }: Manifest): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const isComponent = /^kind:\s*Component/m.test(text);
  const blocks = text
    .split(/^(?=[A-Za-z])/m)
    .filter((block) => /^(?:apiVersion|kind|images):/.test(block));
  const resources = isComponent ? [] : ['resources: [../workload.yaml]\n'];
  return new TextEncoder().encode(
    [...blocks.map((block) => block.replace(/\n?$/, '\n')), ...resources].join(''),
  );
}

/** What the files give; null, and a word about it, for one of the corpus that nothing renders as it stands. */
function renderOrTell(file: string, render: () => string): string | null {
  try {
    return render();
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('\n').at(-2) ?? '') : '';
    if (!words.includes('invalid Kustomization')) throw error;
    console.warn(`${file} is not rendered: it is none for Kustomize even before the edit.`);
    return null;
  }
}
