/** A version of Nx that the plugin is tried with. */
export interface NxVersion {
  readonly major: string;
  readonly nx: string;
  readonly devkit: string;
}

/** Exact versions: what is tested is said in docs/nx.md. */
const all: readonly NxVersion[] = [
  { major: '22', nx: '22.7.12', devkit: '22.7.12' },
  { major: '23', nx: '23.3.2', devkit: '23.3.2' },
  { major: '24', nx: '24.0.0', devkit: '24.0.0' },
];

/** Those that `LANEWISE_NX_VERSIONS` names (`22,24`); without it all. */
export function chosenVersions(chosen = process.env['LANEWISE_NX_VERSIONS']): {
  readonly run: readonly NxVersion[];
  readonly left: readonly NxVersion[];
} {
  const wanted = chosen?.split(',').map((one) => one.trim());
  const isRun = ({ major }: NxVersion): boolean => wanted?.includes(major) ?? true;
  return { run: all.filter(isRun), left: all.filter((one) => !isRun(one)) };
}
