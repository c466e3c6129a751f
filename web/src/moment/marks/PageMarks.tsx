import { useMemo } from 'react';

import { useAnswer } from '../../api/useAnswer';
import { SAID } from '../../parts/words/said';
import { useMoment } from '../moment';
import { useQuiet } from '../quiet';
import { type Marks, ordered, useOwnMarks } from './marks';
import { ItemMarksDocument, StatementMarksDocument } from './query.gen';

/** Marks the moments of an item: its versions, and what was said about them. */
export function ItemMarks({ of }: { of: string }) {
  const { head } = useMoment();
  const history = useAnswer(ItemMarksDocument, { seq: head, ref: of }, !useQuiet() || of === '').data?.at.version?.item.history;
  const marks = useMemo<Marks | undefined>(
    () =>
      history && {
        isCut: history.pageInfo.hasPreviousPage,
        marks: ordered(
          history.nodes.flatMap(({ number, seq, statements }) => [
            { seq, name: `version #${number}` },
            ...statements.map(({ kind, commit }) => ({ seq: commit.seq, name: `#${number} ${SAID[kind].toLowerCase()}` })),
          ]),
        ),
      },
    [history],
  );
  useOwnMarks(marks);
  return null;
}

/** Marks the commits that say that something was wrong, or right again. */
export function StatementMarks() {
  const { head } = useMoment();
  const commits = useAnswer(StatementMarksDocument, { seq: head }, !useQuiet()).data?.at.commits;
  const marks = useMemo<Marks | undefined>(
    () => commits && { isCut: commits.pageInfo.hasPreviousPage, marks: commits.nodes.map(({ seq, message }) => ({ seq, name: message ?? 'statements' })) },
    [commits],
  );
  useOwnMarks(marks);
  return null;
}
