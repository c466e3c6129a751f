/** A text of the data, and a link if it is an address of the web. */
export function OutsideLink({ text }: { text: string }) {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return <span className="name">{text}</span>;
  return (
    <a href={text} rel="noreferrer" target="_blank" className="name">
      {text}
    </a>
  );
}
