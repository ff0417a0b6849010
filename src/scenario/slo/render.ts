import { markdownTable } from '../../markdown.ts';
import { renderCloudMonitoring, renderOpenSlo, renderPromql, titleOf } from './formats.ts';
import type { SloSuggestions } from './suggest.ts';

/** The suggestions as Markdown: what and why, what was left out, and the texts for other tools. */
export function renderSuggestedSlos({ slos, leftOut }: SloSuggestions, service: string): string {
  const left = leftOut.map(({ endpoint, reason }) => `- ${endpoint}: ${reason}`);
  const parts = [
    slos.length === 0
      ? 'Nothing can be suggested from this run.'
      : markdownTable(
          ['objective', 'why'],
          slos.map((slo) => [titleOf(slo), slo.reason]),
        ),
    left.length === 0 ? '' : `Left out:\n\n${left.join('\n')}`,
    slos.length === 0 ? '' : CAUTION,
    slos.length === 0 ? '' : blocks(slos, service),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

const CAUTION =
  'These say what the service did in this run, not what its users need: raise or lower them by that. The metric and label names are the usual ones of Prometheus; put in your own. A histogram needs a bucket at the threshold.';

function blocks(slos: SloSuggestions['slos'], service: string): string {
  return [
    `OpenSLO:\n\n\`\`\`yaml\n${renderOpenSlo(slos, service)}\`\`\``,
    `PromQL:\n\n\`\`\`promql\n${renderPromql(slos)}\`\`\``,
    `Google Cloud Monitoring:\n\n\`\`\`json\n${renderCloudMonitoring(slos)}\`\`\``,
  ].join('\n\n');
}
