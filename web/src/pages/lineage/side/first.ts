import { useState } from 'react';

import type { Asked } from '../../../api/useAnswer';
import type { LineageParams } from '../Controls';
import { readFilter } from '../filter';
import type { LineageQuery, LineageQueryVariables } from '../query.gen';

type List = Pick<LineageQueryVariables, 'isGroup' | 'isWrong' | 'group' | 'filter' | 'keepOnly' | 'after'>;

/** No list: the variables have values that nothing reads. */
const NO_LIST = { isGroup: false, isWrong: false, group: '', filter: null, keepOnly: { wrong: true }, after: null } satisfies List;

/** Returns the variables of the list that a link opens next to the lineage. */
export function listOf({ open, bad, keep, after }: Pick<LineageParams, 'open' | 'bad' | 'keep' | 'after'>): List {
  if (open === undefined) return NO_LIST;
  if (open === 'wrong') return { ...NO_LIST, isWrong: true, keepOnly: { ...readFilter(keep), wrong: true }, after: after ?? null };
  return { ...NO_LIST, isGroup: true, group: open, filter: bad ? { wrong: true } : null, after: after ?? null };
}

interface FirstList {
  /** The list that the lineage is asked for with. */
  list: List;
  /** Returns the answer with the list that is open, or `undefined` if that list is a question of its own. */
  answered(asked: Asked<LineageQuery>): Asked<LineageQuery> | undefined;
}

/** Asks for the list of a cold link together with the lineage, which saves a request. Lists that are opened later are asked for alone. */
export function useFirstList(question: object, params: LineageParams): FirstList {
  const open = listOf(params);
  const [first] = useState({ question: JSON.stringify(question), list: open });
  const list = JSON.stringify(question) === first.question ? first.list : NO_LIST;
  const isOpen = list !== NO_LIST && JSON.stringify(list) === JSON.stringify(open);
  return { list, answered: (asked) => (isOpen ? asked : undefined) };
}
