import { describe, expect, it } from 'vitest';
import { makeSample, sampleConfig } from './sample.js';

const byTag = (gitops: string): string =>
  sampleConfig(gitops)
    .replace('products:\n', 'products:\n  select: "tag:deployable"\n')
    .replace(/ {2}each:\n(?: {4}.*\n)*/, '');

describe('what status shows', () => {
  it('leaves out manifests of things that no release ever named, where a tag chooses the products', async () => {
    const sample = makeSample(byTag);
    const before = await sample.lanewise('status');
    expect(before.stdout).toMatch(/^docs .*\(no release\)/m);
    expect(before.stdout).toMatch(/^web /m);
    sample.workspace.tag('docs@1.0.0', 'main');
    const after = await sample.lanewise('status');
    expect(after.stdout).toMatch(/^docs +1\.0\.0/m);
    expect(after.stdout).not.toMatch(/^web /m);
    await sample.world.dispose();
  });

  it('is one environment or one product where that is asked, with their locks alone', async () => {
    const sample = makeSample();
    await sample.lanewise('adopt', '--at', 'HEAD');
    await sample.lanewise('lock', 'docs', '--env', 'prod', '--reason', 'audit');
    await sample.lanewise('freeze', '--env', 'dev', '--reason', 'closing');
    const prod = (await sample.lanewise('status', '--env', 'prod')).stdout;
    expect(prod).toContain('1.0.0 locked');
    expect(prod).not.toMatch(/staging|closing/);
    const api = (await sample.lanewise('status', 'api')).stdout;
    expect(api).toContain('closing');
    expect(api).not.toMatch(/docs|audit/);
    await sample.world.dispose();
  });
});
