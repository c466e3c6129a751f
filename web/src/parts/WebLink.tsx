/** A text of the data, as a link only if it is an address of the web. */
export function WebLink({ text }: { text: string }) {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? (
    <a href={text} rel="noreferrer" className="name">
      {text}
    </a>
  ) : (
    <code>{text}</code>
  );
}
