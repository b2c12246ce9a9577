// A small company's monorepo and its GitOps repository, as files: five products, three libraries,
// three environments. Four products are pinned in Helm values, billing in Kustomize.

export const products = ['api', 'billing', 'docs', 'web', 'worker'];
export const environments = ['dev', 'staging', 'prod'];

const uses = {
  api: ['logging'],
  billing: ['api-client', 'logging'],
  docs: ['ui'],
  web: ['api-client', 'ui'],
  worker: ['logging'],
};

const libraries = {
  'api-client': 'export const call = (path) => `GET ${path}`;\n',
  logging: 'export const log = (line) => `[info] ${line}`;\n',
  ui: 'export const button = (label) => `<button>${label}</button>`;\n',
};

/** Files of the monorepo by path. `gitops` is the URL of the GitOps repository. */
export function monorepoFiles(gitops) {
  const files = {
    '.gitignore': 'node_modules\n.nx\n',
    'package.json': json({ name: 'acme', private: true, workspaces: ['apps/*', 'libs/*'] }),
    'nx.json': json({
      analytics: false,
      neverConnectToCloud: true,
      namedInputs: {
        default: ['{projectRoot}/**/*'],
        production: ['default', '!{projectRoot}/**/*.test.js', '!{projectRoot}/README.md'],
      },
    }),
    'lanewise.yaml': lanewiseConfig(gitops),
    'tools/build-image.mjs': buildImage,
  };
  for (const [name, source] of Object.entries(libraries)) {
    files[`libs/${name}/package.json`] = json({
      name: `@acme/${name}`,
      version: '0.0.0',
      type: 'module',
      main: 'index.js',
    });
    files[`libs/${name}/index.js`] = source;
    files[`libs/${name}/README.md`] = `# ${name}\n`;
  }
  for (const name of products) {
    files[`apps/${name}/package.json`] = appPackage(name);
    files[`apps/${name}/src/main.js`] =
      uses[name].map((lib) => `import '@acme/${lib}';`).join('\n') + '\n';
  }
  return files;
}

/** Files of the GitOps repository by path, with every product at `version` in every environment. */
export function gitopsFiles(version) {
  const files = { 'README.md': '# What runs where\n' };
  for (const environment of environments) {
    for (const name of products) {
      if (name === 'billing')
        files[`apps/${environment}/billing/kustomization.yaml`] = kustomization(version);
      else files[`apps/${environment}/${name}/values.yaml`] = values(name, environment, version);
    }
  }
  return files;
}

function appPackage(name) {
  return json({
    name: `@acme/${name}`,
    version: '0.0.0',
    type: 'module',
    dependencies: Object.fromEntries(uses[name].map((lib) => [`@acme/${lib}`, '*'])),
    nx: {
      tags: ['deployable'],
      targets: {
        container: { command: 'node tools/build-image.mjs', options: { cwd: '{workspaceRoot}' } },
      },
    },
  });
}

function lanewiseConfig(gitops) {
  return `# Products are the projects with this tag; each is released and promoted alone.
gitops: { repository: ${JSON.stringify(gitops)}, branch: main }

products:
  select: "tag:deployable"
  image: registry.example.com/acme/{product}
  pins: [{ file: "apps/{env}/{product}/values.yaml", path: image.tag }]
  each:
    billing:
      pins: [{ file: "apps/{env}/billing/kustomization.yaml", format: kustomize, image: acme/billing }]

environments:
  dev: {}                               # every release lands here
  staging: { after: dev, on: ready }    # when its gates open
  prod: { after: staging }              # when somebody says so
`;
}

function values(name, environment, version) {
  return `# ${name} in ${environment}: reviewed by hand, comments and all
replicas: ${environment === 'prod' ? 3 : 1}
image:
    repository: registry.example.com/acme/${name}   # pulled through the mirror
    tag: "${version}"                                # the only value Lanewise writes
resources: {limits: {memory: 256Mi}, requests: {cpu: 100m}}
`;
}

function kustomization(version) {
  return `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base/billing]
images:
- name: acme/sidecar
  newTag: "7"
- name: acme/billing
  newName: registry.example.com/acme/billing
  newTag: ${version}
`;
}

const buildImage = `// Stands where 'docker build && docker push' would: Lanewise tells what to build.
import { appendFileSync } from 'node:fs';

const { LANEWISE_PRODUCT, LANEWISE_VERSION, LANEWISE_IMAGE, DEMO_REGISTRY } = process.env;
console.log(\`building \${LANEWISE_PRODUCT} \${LANEWISE_VERSION} as \${LANEWISE_IMAGE}\`);
if (DEMO_REGISTRY) appendFileSync(DEMO_REGISTRY, LANEWISE_IMAGE + '\\n');
`;

function json(value) {
  return JSON.stringify(value, null, 2) + '\n';
}
