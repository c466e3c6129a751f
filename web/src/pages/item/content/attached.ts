import { counted } from '../../../parts/words/counted';
import { sourceOf, type Age, type Layer } from '../../../picture/source';
import type { LabelFields } from '../../../picture/useFields';
import { reference, shortName } from '../../../url/reference';
import type { AttachedFragment } from '../queries/compared.gen';
import type { Compared } from '../state';

/** How many labels are drawn on one picture. */
export const MOST_ATTACHED = 30;

/** The labels of a picture or of a bundle. */
export interface Labels {
  drawn: AttachedFragment[];
  /** Says that there are more. */
  problem: string | undefined;
}

/**
 * Returns the labels that belong to a version. A bundle is made from its labels: it has those that it was made from, as
 * they were. A source has the labels that were made from it: of each its newest version, unless that is wrong.
 */
export function labelsOf({ sources, labels }: Compared, kind: string): Labels {
  switch (kind) {
    case 'BUNDLE':
      return firstOf(sources.nodes.map(({ source }) => source).filter(({ item }) => item.kind === 'LABEL'), sources);
    case 'SOURCE':
      return firstOf(newestOf(labels.nodes.map(({ derived }) => derived)).filter(({ wrong }) => !wrong), labels);
    default:
      return { drawn: [], problem: undefined };
  }
}

function newestOf(versions: AttachedFragment[]): AttachedFragment[] {
  const byItem = new Map<string, AttachedFragment>();
  for (const version of versions) {
    const name = reference({ item: version.item });
    if (version.number > (byItem.get(name)?.number ?? 0)) byItem.set(name, version);
  }
  return [...byItem.values()];
}

function firstOf(all: AttachedFragment[], { nodes, totalCount }: { nodes: unknown[]; totalCount: number }): Labels {
  const drawn = all.slice(0, MOST_ATTACHED);
  const isAll = drawn.length === all.length && nodes.length === totalCount;
  return { drawn, problem: isAll ? undefined : `Drawn: ${counted(drawn.length, 'label')}. It may have more.` };
}

/** Returns labels as layers of a picture, with all their fields. A label that is a picture is a mask. */
export function layersOf(labels: AttachedFragment[], fields: LabelFields[], age: Age): Layer[] {
  return labels.map((label, at) => {
    const mask = /^image\//.test(label.mediaType ?? '') ? sourceOf(label, reference(label)) : undefined;
    return { age, title: `${shortName(label)}${label.wrong ? ' (wrong)' : ''}`, fields: fields[at]?.fields ?? {}, ...(mask && { mask }) };
  });
}
