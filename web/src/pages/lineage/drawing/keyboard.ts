import type { Edge, Lineage } from '../rows';
import type { Placed } from './geometry';

/**
 * Returns the card to which an arrow key leads: left along an edge to a source, right along an edge to what was made,
 * up and down within the column. Undefined if there is none.
 */
export function step(key: string, arrow: string, { edges }: Lineage, { cards }: Placed): string | undefined {
  const here = cards.get(key);
  if (here === undefined) return undefined;
  const x = (other: string) => cards.get(other)?.[0] ?? 0;
  const y = (other: string) => cards.get(other)?.[1] ?? 0;
  const nearest = (keys: string[]): string | undefined =>
    keys.filter((other) => other !== key).sort((a, b) => Math.abs(y(a) - here[1]) - Math.abs(y(b) - here[1]) || y(a) - y(b))[0];
  const along = (end: (edge: Edge) => string, other: (edge: Edge) => string) =>
    edges.filter((edge) => end(edge) === key).map(other);
  const inColumn = () => [...cards.keys()].filter((other) => Math.abs(x(other) - here[0]) < 1);
  switch (arrow) {
    case 'ArrowLeft':
      return nearest(along((edge) => edge.derived, (edge) => edge.source));
    case 'ArrowRight':
      return nearest(along((edge) => edge.source, (edge) => edge.derived));
    case 'ArrowUp':
      return nearest(inColumn().filter((other) => y(other) < here[1]));
    case 'ArrowDown':
      return nearest(inColumn().filter((other) => y(other) > here[1]));
    default:
      return undefined;
  }
}
