/** The units of a duration, largest first, in seconds. */
const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** Writes a duration in its two largest units: `2 d 4 h`, `3 min`, `under 1 s`. */
export function duration(seconds: number): string {
  if (seconds < 1) return seconds === 0 ? '0 s' : 'under 1 s';
  const first = UNITS.findIndex(([size]) => seconds >= size);
  const [size, name] = UNITS[first] ?? UNITS[3];
  const smaller = UNITS[first + 1];
  if (smaller === undefined) return `${Math.floor(seconds)} ${name}`;
  const count = Math.floor(seconds / size);
  const rest = Math.floor((seconds - count * size) / smaller[0]);
  return rest === 0 ? `${count} ${name}` : `${count} ${name} ${rest} ${smaller[1]}`;
}
