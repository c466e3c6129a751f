import type { ReactNode } from 'react';

interface TextFormProps {
  /** The name of the button that sends it. */
  button: string;
  /** Receives what was typed: the text of a field by its name, without spaces around it. */
  send(typed: (name: string) => string): void;
  /** Its fields: `TextField`. */
  children: ReactNode;
  /** More buttons, after the one that sends. */
  more?: ReactNode;
}

/** Texts that are sent together, with Enter or the button. */
export function TextForm({ button, send, children, more }: TextFormProps) {
  return (
    <form
      className="controls"
      onSubmit={(event) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget);
        send((name) => String(typed.get(name) ?? '').trim());
      }}
    >
      {children}
      <button type="submit">{button}</button>
      {more}
    </form>
  );
}
