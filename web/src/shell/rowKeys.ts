/** What opens and closes a part of a row: the list of a group, the members of a set. */
const TOGGLES = 'summary, button[aria-expanded], button[aria-pressed]';

/** The rows of all tables of the page, each with its first link or button. */
function entries(): { row: Element; entry: HTMLElement }[] {
  return [...document.querySelectorAll('main tbody tr')].flatMap((row) => {
    const entry = row.querySelector<HTMLElement>('th :is(a, button), :is(a, button)');
    return entry === null ? [] : [{ row, entry }];
  });
}

/** Goes to the next row of the page's tables, or to the one before. Enter then opens it, because its link has the focus. */
export function goToRow(step: 1 | -1): void {
  const rows = entries();
  const here = rows.findIndex(({ row }) => row.contains(document.activeElement));
  const next = here < 0 ? (step === 1 ? 0 : rows.length - 1) : here + step;
  rows[next]?.entry.focus();
}

/** Opens or closes what belongs to the row that has the focus. */
export function toggleRow(): void {
  document.activeElement?.closest('main tbody tr')?.querySelector<HTMLElement>(TOGGLES)?.click();
}
