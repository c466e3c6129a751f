import { useMemo } from 'react';
import { useLocation } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { routes } from '../../routes';
import { text, useParams } from '../../url/params';
import { useMoment } from '../moment';
import { useQuiet } from '../quiet';
import { type Marks, marksIn } from './marks';
import { MarksDocument } from './query.gen';

/** Which marks a page has. */
export interface MarksWanted {
  /** The reference of the page; empty for pages without marks of an item. */
  ref: string;
  isOfItem: boolean;
  isOfStatements: boolean;
}

const REF = { ref: text() };

/** Returns which marks the page of the address has. */
export function useMarksWanted(): MarksWanted {
  const [path] = useLocation();
  const [{ ref }] = useParams(REF);
  const of = routes.find((route) => `/${route.path}` === path)?.marks;
  const isOfItem = of === 'item' && ref !== '';
  return { ref: isOfItem ? ref : '', isOfItem, isOfStatements: of === 'statements' };
}

/** Returns the marks of the page that is shown. Those of the first page came with the newest commit. */
export function useMarks(): Marks {
  const { head, first } = useMoment();
  const wanted = useMarksWanted();
  const { ref, isOfItem, isOfStatements } = wanted;
  const isFirst = ref === first.wanted.ref && isOfStatements === first.wanted.isOfStatements;
  const isAsked = !isFirst && (isOfItem || isOfStatements);
  const isQuiet = useQuiet();
  const { data, isBefore } = useAnswer(MarksDocument, { seq: head, ...wanted }, !isAsked || !isQuiet);
  const found = isFirst ? first.found : isAsked && !isBefore ? data?.at : undefined;
  return useMemo(() => marksIn(found), [found]);
}
