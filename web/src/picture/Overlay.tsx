import { at } from './shapes/geometry';
import type { Mark, Size } from './shapes/mark';
import type { DrawnLayer } from './drawn';
import css from './Picture.module.css';

/** The labels of a picture: one drawing with a few elements, however many shapes they have. */
export function Overlay({ size, layers }: { size: Size; layers: DrawnLayer[] }) {
  const shown = layers.filter(({ drawing }) => drawing.marks.length > 0);
  if (shown.length === 0) return null;
  return (
    <svg
      className={css.overlay}
      viewBox={`0 0 ${size.width} ${size.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Labels: ${shown.map(({ title, age, drawing }) => `${age === 'only' ? '' : `${age} `}${title}, ${drawing.marks.length} drawn`).join('; ')}`}
    >
      {shown.map(({ title, age, drawing: { marks } }) => (
        <g key={`${age} ${title}`} className={age === 'old' ? css.old : css.new}>
          <Line name={css.area} path={joined(marks.filter((mark) => mark.isArea && !mark.isAround))} />
          <Line name={css.line} path={joined(marks.filter((mark) => !mark.isArea))} />
          <Line name={css.around} path={joined(marks.filter((mark) => mark.isAround))} />
          <Line name={css.point} path={points(marks, false)} />
          <Line name={css.hiddenPoint} path={points(marks, true)} />
        </g>
      ))}
    </svg>
  );
}

/** A line on a darker one, so that it is seen on every picture. */
function Line({ name, path }: { name: string | undefined; path: string }) {
  if (path === '') return null;
  return (
    <g className={name}>
      <path className={css.halo} d={path} />
      <path className={css.stroke} d={path} />
    </g>
  );
}

function joined(marks: Mark[]): string {
  return marks.map(({ path }) => path).join('');
}

/** A line of no length is a dot of the width of its stroke, at every size of the picture. */
function points(marks: Mark[], isHidden: boolean): string {
  const all = marks.flatMap((mark) => mark.points ?? []);
  return all
    .filter((point) => point.isHidden === isHidden)
    .map(({ x, y }) => `M${at(x)} ${at(y)}h0`)
    .join('');
}
