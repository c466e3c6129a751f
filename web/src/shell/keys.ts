const STORED = 'stemma:keys';

/** Returns true unless the reader switched single keys off (WCAG 2.1.4). */
export function areKeysOn(): boolean {
  return localStorage.getItem(STORED) !== 'off';
}

export function switchKeys(on: boolean): void {
  localStorage.setItem(STORED, on ? 'on' : 'off');
}

/** Returns true for a key that is meant for a page: alone, and not typed into a field. */
export function isForPage(event: KeyboardEvent): boolean {
  return areKeysOn() && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'range'].includes(target.type);
  return target instanceof HTMLElement && (target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName));
}
