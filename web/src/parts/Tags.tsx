import { SearchLink } from './links/SearchLink';

/** The tags that point to a version. Each leads to the items whose current version has it. */
export function Tags({ tags }: { tags: { name: string }[] }) {
  if (tags.length === 0) return <span className="quiet">–</span>;
  return tags.map(({ name }) => (
    <SearchLink key={name} by={{ tag: name }} className="tag">
      {name}
    </SearchLink>
  ));
}
