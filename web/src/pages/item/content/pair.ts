/** The versions of an item that a page shows; all numbers. */
export interface Choice {
  /** The version whose details are shown. */
  shown: number;
  /** The two versions that are compared; `old` is 0 if there is only one. */
  old: number;
  new: number;
}

interface Known {
  /** The number of versions. */
  total: number;
  head: number;
  /** The newest version that is wrong, 0 if none is known. */
  wrong: number;
  /** The version that the reference names, 0 if it names the item. */
  named: number;
  /** The two versions that the address names, 0 where it names none. */
  v: number;
  w: number;
}

/**
 * Chooses the versions of a page. Without a choice in the address, the newest wrong version is compared with the head,
 * or a version that the reference names; a head that replaced nothing wrong is compared with the version before it.
 */
export function choose({ total, head, wrong, named, v, w }: Known): Choice {
  const among = (number: number) => (number >= 1 && number <= total ? number : 0);
  const shown = among(named) || head;
  const newer = among(w) || head;
  const older = shown !== newer ? shown : wrong !== newer ? wrong : 0;
  const old = among(v) || among(older) || newer - 1;
  return { shown, old: old === newer ? 0 : old, new: newer };
}
