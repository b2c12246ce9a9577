import { isLanewiseError, LanewiseError } from '@lanewise/model';
import { escapeMarkdown, type ChangelogWords } from './changelog-words.js';

/** A template that a user wrote, with the file's name for messages. */
export interface ChangelogTemplate {
  readonly text: string;
  readonly file: string;
}

/** What comes with Lanewise: Markdown. */
export const changelogTemplate: ChangelogTemplate = {
  file: 'changelog.md.liquid',
  text: `# {{ product }}
{% for release in releases %}
## {% if release.compareUrl %}[{{ release.version }}]({{ release.compareUrl }}){% else %}{{ release.version }}{% endif %} ({{ release.date }})
{% for section in release.sections %}
### {{ section.title | markdown }}

{% for line in section.lines -%}
- {% if line.scope %}**{{ line.scope | markdown }}:** {% endif %}{{ line.markdown }}
{%- for reference in line.references %} {% if reference.url %}[{{ reference.text }}]({{ reference.url }}){% else %}{{ reference.text }}{% endif %}{% endfor %} ({% if line.url %}[{{ line.shortCommit }}]({{ line.url }}){% else %}{{ line.shortCommit }}{% endif %})
{%- if line.dependency %}, through a dependency{% endif %}
{% if line.warning %}  {{ line.warning | markdown }}
{% endif -%}
{% endfor -%}
{% endfor -%}
{% if release.more > 0 %}
… and {{ release.more }} more
{% endif -%}
{% unless release.known %}
No notes were kept with this release.
{% endunless -%}
{% endfor -%}
`,
};

/** So much a template may take: a mistake in it must not hold up a release. */
const limits = {
  parseLimit: 200_000,
  renderLimit: 2_000,
  memoryLimit: 50_000_000,
};

/**
 * Fills a Liquid template with a changelog. Templates are data, not programs: they see plain values
 * only, read no files, and are stopped when they take too long or too much memory. Throws
 * CONFIG_INVALID with the place in the template.
 */
export async function renderChangelog(
  words: ChangelogWords,
  template: ChangelogTemplate = changelogTemplate,
): Promise<string> {
  const { Liquid } = await import('./liquid-engine.js');
  const engine = new Liquid({
    ...limits,
    ownPropertyOnly: true,
    strictFilters: true,
    // Only templates of this list could be included: there are none.
    templates: {},
  });
  engine.registerFilter('markdown', (value: unknown) => escapeMarkdown(textOf(value)));
  try {
    const filled: unknown = await engine.parseAndRender(template.text, { ...words });
    return `${textOf(filled).trimEnd()}\n`;
  } catch (error) {
    if (isLanewiseError(error)) throw error;
    throw broken(error, template);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

interface LiquidToken {
  readonly begin?: number;
}

function broken(error: unknown, { text, file }: ChangelogTemplate): LanewiseError {
  const { message = '', token } = error as { message?: string; token?: LiquidToken };
  const before = text.slice(0, token?.begin ?? 0).split('\n');
  const line = before.length;
  return new LanewiseError(
    'CONFIG_INVALID',
    `The template ${file} cannot be filled: ${message.split(/, (?:line|file)[: ]/)[0] ?? message}.`,
    {
      place: {
        file,
        line,
        column: (before.at(-1)?.length ?? 0) + 1,
        text: text.split('\n')[line - 1] ?? '',
      },
      hint: 'It is a Liquid template; docs/recipes.md lists the words that it may use.',
      cause: error,
    },
  );
}
