import { kindWords } from '../../../parts/words/kind';
import type { Lineage, Row } from '../rows';
import { CARD, type Placed, captionsOf, columnOf, labelOf, labelPoint, pathOf } from './geometry';

const MARGIN = 32;
/** The characters that fit on a card. */
const FITTING = 29;

/** Writes the drawing from the numbers of its layout: nothing is cropped, whatever the screen shows. */
export function svgOf(lineage: Lineage, placed: Placed, title: string, description: string): string {
  const captions = captionsOf(lineage, placed);
  const lines = lineage.edges.map((edge) => {
    const points = placed.lines.get(edge.id) ?? [];
    const [x, y] = labelPoint(points);
    const isOther = captions.get(columnOf(edge, placed.cards))?.role !== edge.role;
    const words = isOther ? labelOf(edge) : edge.count > 1 ? `×${edge.count.toLocaleString()}` : '';
    const label = words === '' ? '' : text(x, y - 5, words, 'class="role"');
    return `<path d="${pathOf(points)}"/>${label}`;
  });
  const roles = [...captions.values()].map(({ role, at: [x, y] }) => text(x, y, role, 'class="role"'));
  const cards = lineage.rows.map((row) => card(row, placed.cards.get(row.key) ?? [0, 0]));
  const [width, height] = [placed.width + 2 * MARGIN, placed.height + 2 * MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}">`,
    `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>`,
    '<style>text{font:12px system-ui,sans-serif;fill:#222d3a}.name{font-family:ui-monospace,monospace}.role{font-size:11px;fill:#4d5b6b;text-anchor:middle}' +
      '.wrong{fill:#b3261e;font-weight:600}path{fill:none;stroke:#8693a3}rect{fill:#fff;stroke:#5f6d7d}.start{stroke:#14756a;stroke-width:2}</style>',
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" style="fill:#fff;stroke:none"/>`,
    `<g>${lines.join('')}</g><g>${roles.join('')}</g><g>${cards.join('')}</g>`,
    '</svg>\n',
  ].join('\n');
}

function card(row: Row, [x, y]: readonly [number, number]): string {
  const behind = row.named === undefined ? `<rect x="${x + 4}" y="${y + 4}" width="${CARD.width}" height="${CARD.height}" rx="8"/>` : '';
  const wrong = row.wrongCount === 0 ? '' : `<tspan class="wrong"> · ${row.named === undefined ? `${row.wrongCount.toLocaleString()} wrong` : 'WRONG'}</tspan>`;
  const second = `${row.named === undefined ? 'group' : kindWords(row.kind)}${row.more ? ' · and more' : ''}`;
  return (
    `<g><title>${escaped(row.full)}</title>${behind}<rect x="${x}" y="${y}" width="${CARD.width}" height="${CARD.height}" rx="8"${row.side === 'start' ? ' class="start"' : ''}/>` +
    text(x + 12, y + 24, shortened(row.name), 'class="name"') +
    `<text x="${x + 12}" y="${y + 44}">${escaped(second)}${wrong}</text></g>`
  );
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(words)}</text>`;
}

/** Keeps the end of a long name, which tells versions apart. */
function shortened(name: string): string {
  return name.length <= FITTING ? name : `…${name.slice(1 - FITTING)}`;
}

function escaped(words: string): string {
  return words.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/[^\t\n\r -\uD7FF\uE000-\u{10FFFF}]/gu, '\uFFFD');
}
