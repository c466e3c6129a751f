/** What says if two versions have the same content. */
interface Content {
  contentDigest: string;
  memberCount: number | null;
}

/** Says what two versions of which nothing differs on the screen have in common. */
export function equalInWords(older: Content, newer: Content): string {
  if (older.contentDigest === newer.contentDigest) return 'Their content is equal.';
  return newer.memberCount === null
    ? 'Their content differs in what is not shown here: class changes, or one of many sources.'
    : 'They have other members; everything else is equal.';
}
