import { useMemo } from 'react';

import { useAnswer } from '../../../api/useAnswer';
import { useMoment } from '../../../moment/moment';
import type { LineageParams } from '../Controls';
import { type Highlight, NO_HIGHLIGHT, highlightOf, shortestTo } from '../paths';
import type { Lineage } from '../rows';
import { LineagePathsDocument } from './query.gen';

/** Asks for the paths between the start and the chosen version. Groups have none of their own. */
export function usePaths({ of, sel }: LineageParams) {
  const { seq } = useMoment();
  const isVersion = sel?.startsWith('version:') === true;
  return useAnswer(LineagePathsDocument, { seq, of, to: sel ?? '' }, !isVersion);
}

/** The rows and edges between the start and what is chosen. */
export function useHighlight(lineage: Lineage | undefined, params: LineageParams): Highlight {
  const { sel } = params;
  const paths = usePaths(params).data?.at.pathsBetween?.paths;
  return useMemo(() => {
    if (lineage === undefined || sel === undefined) return NO_HIGHLIGHT;
    const found = highlightOf(paths?.map(({ versions }) => versions) ?? [], lineage);
    return sel.startsWith('version:') && found.keys.size > 0 ? found : shortestTo(sel, lineage);
  }, [lineage, sel, paths]);
}
