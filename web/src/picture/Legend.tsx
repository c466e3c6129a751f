import type { DrawnLayer } from './drawn';
import css from './Picture.module.css';
import { classInWords } from './words';

/** The longest list of shapes in words. */
const MOST = 12;

/** Names the labels of a picture, and says what is drawn of them and what is not. */
export function Legend({ layers, problem }: { layers: DrawnLayer[]; problem: string | undefined }) {
  return (
    <ul className={css.legend}>
      {layers.map(({ age, title, fields, mask, drawing: { marks, notDrawn } }) => (
        <li key={`${age} ${title}`}>
          <span className={`${css.sample} ${age === 'old' ? css.sampleOld : css.sampleNew}`} aria-hidden="true" />
          {age !== 'only' && age}
          {age !== 'only' && marks.length > 0 && (age === 'old' ? ', dashed' : ', solid')} {title}
          {(mask === undefined || fields.class !== undefined) && `: ${classInWords(fields)}`}
          {mask !== undefined && <span className="quiet"> · tinted where it is not black</span>}
          {marks.length === 0 && notDrawn.length === 0 && problem === undefined && mask === undefined && <span className="quiet"> · of the whole picture</span>}
          {marks.length > 0 && <span className="quiet"> · {listed(marks.map(({ words }) => words))}</span>}
          {notDrawn.length > 0 && <div className="quiet">not drawn: {listed(notDrawn)}</div>}
        </li>
      ))}
      {problem !== undefined && <li>{problem}</li>}
    </ul>
  );
}

function listed(words: string[]): string {
  const more = words.length - MOST;
  return words.slice(0, MOST).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
