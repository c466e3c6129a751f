import { type CSSProperties, useEffect, useState } from 'react';

import { send } from '../api/client';
import { useAnswer } from '../api/useAnswer';
import { Newer } from '../live/Newer';
import { counted } from '../parts/words/counted';
import { useKeys } from '../shell/pageKeys';
import { useCopy } from '../take/useCopy';
import { type Mark, markFrom } from './marks/marks';
import { useMarks } from './marks/useMarks';
import { clock, useMoment } from './moment';
import { MomentAtDocument, SeqOfTimeDocument, type SeqOfTimeQuery } from './query.gen';
import { useQuiet } from './quiet';
import { commitsBetween, isLater } from './seq';

/** Chooses the moment of the page: a slider over all commits, a date, and "now". */
export function AsOfBar() {
  const moment = useMoment();
  const [dragged, setDragged] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const shown = dragged ?? moment.seq;
  const isQuiet = useQuiet();
  const { marks, isCut } = useMarks();
  const [copied, copy] = useCopy();
  const [before, after] = [markFrom(marks, moment.seq, 'before'), markFrom(marks, moment.seq, 'after')];
  const here = marks.find((mark) => mark.seq === shown);
  const known = moment.isNow ? moment.headTime : moment.first.commit?.seq === moment.seq ? moment.first.commit.time : undefined;
  // Before the first commit and after the last there is no time.
  const hasTime = moment.seq !== '0' && !isLater(moment.seq, moment.head);
  const at = useAnswer(MomentAtDocument, { seq: moment.seq }, known !== undefined || !hasTime || !isQuiet);
  const time = known ?? (at.isBefore || !hasTime ? undefined : at.data?.at.view.time);

  // One question per 150 ms while the handle moves, not one per commit.
  useEffect(() => {
    if (dragged === null) return;
    const timer = setTimeout(() => {
      setDragged(null);
      moment.go(dragged === moment.head ? undefined : dragged);
    }, 150);
    return () => clearTimeout(timer);
  }, [dragged, moment]);

  const goTo = (mark: Mark | undefined) => mark !== undefined && moment.go(mark.seq === moment.head ? undefined : mark.seq);
  useKeys([
    { key: ',', name: 'to the mark before', act: () => goTo(before) },
    { key: '.', name: 'to the mark after', act: () => goTo(after) },
    { key: 'n', name: 'now', act: () => moment.go(undefined) },
    { key: 'c', name: 'copy the link of this page', act: () => copy(location.href, 'Link') },
  ]);

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
        <span className="asof-track">
          <input
            type="range"
            min="0"
            max={moment.head}
            value={isLater(shown, moment.head) ? moment.head : shown}
            aria-valuetext={`seq ${shown}${here === undefined ? '' : `: ${here.name}`}`}
            onChange={(event) => setDragged(event.target.value)}
          />
          {marks.map(({ seq }) => (
            <i key={seq} style={{ '--at': Number(seq) / Math.max(1, Number(moment.head)) } as CSSProperties} />
          ))}
        </span>
      </label>
      {marks.length > 0 && (
        <span className="asof-steps">
          <Step mark={before} name={isCut && before === undefined ? 'No mark before: only the newest 100 moments have marks' : 'To the mark before'} go={goTo}>
            ◀
          </Step>
          <Step mark={after} name="To the mark after" go={goTo}>
            ▶
          </Step>
        </span>
      )}
      <output className="asof-seq">
        seq {shown}
        {time !== undefined && dragged === null && <span className="quiet"> · {clock(time)}</span>}
        {here !== undefined && <span className="asof-mark"> · {here.name}</span>}
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
      {copied && <p role="status">{copied}</p>}
    </div>
  );
}

interface StepProps {
  mark: Mark | undefined;
  name: string;
  go(mark: Mark | undefined): void;
  children: string;
}

/** Goes to the next of the moments that matter to the page. */
function Step({ mark, name, go, children }: StepProps) {
  const label = mark === undefined ? name : `${name}: seq ${mark.seq}, ${mark.name}`;
  return (
    <button type="button" disabled={mark === undefined} title={label} aria-label={label} onClick={() => go(mark)}>
      {children}
    </button>
  );
}
