import * as v from 'valibot';
import { changelogSchema, versioningSchema } from './versioning-schema.js';

/**
 * The configuration as people write it. The published JSON Schema is made from these
 * definitions, so a description here is what an editor shows.
 */
const text = v.pipe(v.string(), v.minLength(1));
const words = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));
const names = v.union([text, v.array(text)]);

const pin = v.strictObject({
  file: v.pipe(
    text,
    v.description('File in the GitOps repository; a template, and a glob if it has a *.'),
  ),
  document: v.optional(
    v.pipe(
      v.strictObject({ kind: v.optional(text), name: v.optional(text) }),
      v.description('Which document of a file with several, by kind and metadata.name.'),
    ),
  ),
  path: v.optional(
    v.pipe(text, v.description('Where the value stands: image.tag, images[name=docs].newTag.')),
  ),
  image: v.optional(v.pipe(text, v.description('The registry name that the pin holds.'))),
  of: v.optional(v.pipe(text, v.description("Which of the product's images; default main."))),
  format: v.optional(
    v.picklist([
      'helm-values',
      'helm-chart',
      'kustomize',
      'flux-helmrelease',
      'flux-marker',
      'argo-application',
      'kubernetes',
      'json',
      'yaml',
      'text',
    ]),
  ),
  value: v.optional(
    v.pipe(
      v.union([v.string(), v.number(), v.boolean()]),
      v.description('What is written; default {tag}. A value without words is a switch.'),
    ),
  ),
  create: v.optional(v.pipe(v.boolean(), v.description('Insert the key where it is missing.'))),
  optional: v.optional(v.pipe(v.boolean(), v.description('The file may be absent.'))),
  all: v.optional(
    v.pipe(v.boolean(), v.description('Every use of the image in these files is pinned.')),
  ),
  environments: v.optional(
    v.pipe(v.array(text), v.description('Only in these environments; absent: in all.')),
  ),
  in: v.optional(text),
});

const product = {
  image: v.optional(
    v.pipe(
      v.union([text, v.null()]),
      v.description("The image's name; without a tag ':{version}' is meant."),
    ),
  ),
  images: v.optional(v.record(v.string(), text)),
  build: v.optional(v.picklist(['release', 'external'])),
  target: v.optional(
    v.pipe(
      text,
      v.description(
        "The Nx target that builds it: that target's inputs count, and not 'production'.",
      ),
    ),
  ),
  pins: v.optional(v.array(pin)),
  vars: v.optional(words),
  environments: v.optional(v.array(text)),
  dependsOn: v.optional(v.array(text)),
  needs: v.optional(v.array(text)),
  inputs: v.optional(v.array(text)),
};

const environment = v.nullable(
  v.strictObject({
    after: v.optional(v.union([names, v.strictObject({ any: v.array(text) })])),
    on: v.optional(v.picklist(['release', 'ready', 'command'])),
    group: v.optional(text),
    displace: v.optional(v.picklist(['newest', 'after-soak'])),
    gates: v.optional(v.strictObject({ soak: v.optional(v.union([text, v.number()])) })),
    images: v.optional(v.picklist(['shared', 'own'])),
    prereleases: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Prereleases land there by themselves too; default false.'),
      ),
    ),
    tags: v.optional(v.boolean()),
    vars: v.optional(words),
    branch: v.optional(text),
  }),
);

export const configSchema = v.strictObject({
  $schema: v.optional(v.string()),
  gitops: v.optional(
    v.strictObject({
      repository: v.optional(
        v.pipe(text, v.description('URL of the GitOps repository; absent: the workspace.')),
      ),
      branch: v.optional(
        v.pipe(text, v.description('The branch that Argo CD or Flux follow; default main.')),
      ),
      subject: v.optional(v.pipe(text, v.description("Template of a promotion commit's subject."))),
    }),
  ),
  products: v.optional(
    v.strictObject({
      ...product,
      select: v.optional(v.pipe(names, v.description('tag:…, names or globs of projects.'))),
      root: v.optional(
        v.pipe(
          text,
          v.description(
            "Without Nx: the folder that a product is built from, such as 'services/{product}'.",
          ),
        ),
      ),
      each: v.optional(
        v.record(
          v.string(),
          v.nullable(
            v.strictObject({
              ...product,
              name: v.optional(text),
              project: v.optional(
                v.pipe(text, v.description('The project that it is made of; default the key.')),
              ),
              projects: v.optional(
                v.pipe(
                  v.array(text),
                  v.description('Members of a group: one version and one promotion for all.'),
                ),
              ),
              root: v.optional(
                v.pipe(
                  v.nullable(v.string()),
                  v.description('Its folder; null: it is only put together from others.'),
                ),
              ),
            }),
          ),
        ),
      ),
    }),
  ),
  projects: v.optional(
    v.record(
      v.string(),
      v.strictObject({
        root: v.string(),
        dependsOn: v.optional(v.array(text)),
        inputs: v.optional(v.array(text)),
      }),
    ),
  ),
  versioning: v.optional(versioningSchema),
  changelog: v.optional(changelogSchema),
  release: v.optional(v.strictObject({ branches: v.optional(v.array(text)) })),
  graph: v.optional(
    v.strictObject({
      key: v.optional(
        v.pipe(
          text,
          v.description(
            'Vouches for Nx plugins that Lanewise does not know: a kept graph is used while this text is the same.',
          ),
        ),
      ),
      keep: v.optional(
        v.pipe(v.boolean(), v.description('false: Nx is asked by every command; default true.')),
      ),
    }),
  ),
  guards: v.optional(
    v.strictObject({ maxAffected: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) }),
  ),
  environments: v.optional(v.record(v.string(), environment)),
});

export type WrittenConfig = v.InferOutput<typeof configSchema>;
export type WrittenPin = v.InferOutput<typeof pin>;
export type WrittenProduct = NonNullable<
  NonNullable<NonNullable<WrittenConfig['products']>['each']>[string]
>;
export type WrittenEnvironment = NonNullable<v.InferOutput<typeof environment>>;
