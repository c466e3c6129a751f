import { useCallback, useMemo, useRef } from 'react';

import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { useParams } from '../../url/params';
import { Answered } from './Answered';
import { Ask, Controls } from './Controls';
import { matches, readFilter } from './filter';
import styles from './Page.module.css';
import { LineageDocument } from './query.gen';
import { FRESH, LINEAGE, type Way, variablesOf } from './question';
import { type Row, lineageOf } from './rows';
import { useFirstList } from './side/first';
import { Side } from './side/Side';

/** Lineage: what is it made from, or what was made of it? */
export function Page() {
  const { seq } = useMoment();
  const [params, change] = useParams(LINEAGE);
  const { of, dir, max, fold, apart, keep, find, sel, open } = params;
  const finder = useRef<HTMLInputElement>(null);
  const variables = variablesOf(params, seq);
  const kept = useMemo(() => readFilter(keep), [keep]);
  const question = { ...variables, maxNodes: max, foldAbove: fold, foldWrong: !apart };
  const { list, answered } = useFirstList(question, params);
  const asked = useAnswer(LineageDocument, { ...question, ...list }, of === '');
  const answer = asked.data?.at.lineageGraph;
  const lineage = useMemo(() => (answer ? lineageOf(answer) : undefined), [answer]);
  const words = find.trim().toLowerCase();
  const isShown = useCallback((row: Row) => matches(kept, row) && row.name.toLowerCase().includes(words), [kept, words]);
  const name = of === '' ? 'a version' : of;
  const [before, after] = QUESTIONS[dir];

  return (
    <>
      <h1>
        {before} <span className="name">{name}</span>
        {after}
      </h1>
      <Ask of={of} ask={(next) => change({ of: next, ...FRESH })} />
      {of === '' ? (
        <p>Paste the reference of a version, such as namespace/MODEL/key#1. A name without # is the newest version.</p>
      ) : (
        <>
          <Controls params={params} lineage={lineage} change={change} finder={finder} />
          <div className={sel === undefined && open === undefined ? undefined : styles.split}>
            <Answered
              asked={asked}
              lineage={lineage}
              title={`${before} ${name}${after}`}
              params={params}
              isShown={isShown}
              change={change}
              find={() => finder.current?.focus()}
            />
            {lineage && <Side lineage={lineage} variables={variables} first={answered(asked)} params={params} change={change} />}
          </div>
        </>
      )}
    </>
  );
}

/** The words around the name. */
const QUESTIONS: Record<Way, [string, string]> = {
  up: ['What was', ' made from?'],
  down: ['What was made of', '?'],
  both: ['What is connected with', '?'],
};
