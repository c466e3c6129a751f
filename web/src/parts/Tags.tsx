/** The tags that point to a version. */
export function Tags({ tags }: { tags: { name: string }[] }) {
  if (tags.length === 0) return <span className="quiet">–</span>;
  return tags.map(({ name }) => (
    <span key={name} className="tag">
      {name}
    </span>
  ));
}
