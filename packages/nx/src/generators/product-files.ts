import { stringify } from 'yaml';

interface Subject {
  readonly product: string;
  readonly port: number;
}

interface NewFile {
  readonly file: string;
  readonly text: string;
}

/** A Dockerfile to begin with: what the project's build left, in an image that does not run as root. */
export function dockerfile({ product, root, port }: Subject & { readonly root: string }): NewFile {
  const inside = root === '' ? '' : `${root}/`;
  const text = `# The image of ${product}, from what its build leaves in dist/${root}. From the workspace's root:
#   docker build -f ${inside}Dockerfile -t ${product} .
FROM node:22-bookworm-slim
WORKDIR /app
COPY dist/${root} ./
USER node
EXPOSE ${port}
CMD ["node", "main.js"]
`;
  return { file: `${inside}Dockerfile`, text };
}

/** A chart of one deployment and one service; the image is told by values. */
export function chartFiles(
  folder: string,
  { product, image, port }: Subject & { readonly image: string | null },
): readonly NewFile[] {
  const name = objectName(product);
  const chart = { apiVersion: 'v2', name, type: 'application', version: '0.1.0' };
  const values = { image: { repository: image ?? product, tag: '' }, replicas: 1, port };
  return [
    { file: `${folder}/Chart.yaml`, text: stringify(chart) },
    { file: `${folder}/values.yaml`, text: stringify(values, { lineWidth: 0 }) },
    { file: `${folder}/templates/deployment.yaml`, text: chartDeployment(name) },
    { file: `${folder}/templates/service.yaml`, text: chartService(name) },
  ];
}

function chartDeployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
    spec:
      containers:
        - name: ${name}
          image: "{{ .Values.image.repository }}:{{ required "image.tag is empty: nothing was promoted here yet" .Values.image.tag }}"
          ports:
            - containerPort: {{ .Values.port }}
`;
}

function chartService(name: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - port: 80
      targetPort: {{ .Values.port }}
`;
}

/** What every overlay of Kustomize is laid over. The image is called like the product, and told by the overlay. */
export function kustomizeBase(folder: string, { product, port }: Subject): readonly NewFile[] {
  const name = objectName(product);
  const labels = { 'app.kubernetes.io/name': name };
  const container = { name, image: product, ports: [{ containerPort: port }] };
  const base = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['deployment.yaml', 'service.yaml'],
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...labels } },
      template: { metadata: { labels: { ...labels } }, spec: { containers: [container] } },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: labels, ports: [{ port: 80, targetPort: port }] },
  };
  return [
    { file: `${folder}/kustomization.yaml`, text: stringify(base) },
    { file: `${folder}/deployment.yaml`, text: stringify(deployment) },
    { file: `${folder}/service.yaml`, text: stringify(service) },
  ];
}

/** Names of Kubernetes have no underscores. */
function objectName(product: string): string {
  return product.replaceAll('_', '-');
}
