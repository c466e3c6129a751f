import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { send } from '../api/client';
import { useAnswer } from '../api/useAnswer';
import { Newer } from '../live/Newer';
import { counted } from '../parts/words/counted';
import { clock, useMoment } from './moment';
import { MomentAtDocument, SeqOfTimeDocument, type SeqOfTimeQuery } from './query.gen';
import { commitsBetween, isLater } from './seq';

/** Chooses the moment of the page: a slider over all commits, a date, and "now". */
export function AsOfBar() {
  const moment = useMoment();
  const [dragged, setDragged] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const shown = dragged ?? moment.seq;
  const isQuiet = useQuiet();
  const at = useAnswer(MomentAtDocument, { seq: moment.seq }, moment.isNow || !isQuiet);
  const time = moment.isNow ? moment.headTime : at.data?.at.view.time;

  // One question per 150 ms while the handle moves, not one per commit.
  useEffect(() => {
    if (dragged === null) return;
    const timer = setTimeout(() => {
      setDragged(null);
      moment.go(dragged === moment.head ? undefined : dragged);
    }, 150);
    return () => clearTimeout(timer);
  }, [dragged, moment]);

  async function goToTime(value: string) {
    if (value === '') return;
    setProblem('');
    try {
      const sent = { query: SeqOfTimeDocument.toString(), variables: { time: new Date(value).toISOString() } };
      moment.go((await send<SeqOfTimeQuery>(sent)).at.view.seq);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div className="asof" role="group" aria-label="As of">
      <label className="asof-slider">
        <span>as of</span>
        <input
          type="range"
          min="0"
          max={moment.head}
          value={isLater(shown, moment.head) ? moment.head : shown}
          aria-valuetext={`seq ${shown}`}
          onChange={(event) => setDragged(event.target.value)}
        />
      </label>
      <output className="asof-seq">
        seq {shown}
        {time !== undefined && dragged === null && <span className="quiet"> · {clock(time)}</span>}
      </output>
      <input type="datetime-local" aria-label="go to a time" onChange={(event) => void goToTime(event.target.value)} />
      <button type="button" disabled={moment.isNow} onClick={() => moment.go(undefined)}>
        now
      </button>
      {moment.isNow ? (
        <Newer />
      ) : (
        <p className="asof-past" role="status">
          You look at the past: {counted(commitsBetween(moment.seq, moment.head), 'commit')} behind.
        </p>
      )}
      {problem && <p role="alert">{problem}</p>}
    </div>
  );
}

/** Returns true once the page's own questions are answered: what only decorates is asked after them. */
function useQuiet(): boolean {
  const [isQuiet, setQuiet] = useState(false);
  const client = useQueryClient();
  const count = useIsFetching();
  useEffect(() => {
    if (isQuiet || count > 0) return;
    // The first answer is the head. A page may have no question at all.
    const answered = client.getQueryCache().findAll({ predicate: ({ state }) => state.status !== 'pending' });
    const timer = setTimeout(() => setQuiet(true), answered.length > 1 ? 0 : 2_000);
    return () => clearTimeout(timer);
  }, [isQuiet, count, client]);
  return isQuiet;
}
