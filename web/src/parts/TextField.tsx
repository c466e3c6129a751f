import { useState } from 'react';

interface TextFieldProps {
  /** Its name in the form. */
  name: string;
  label: string;
  /** What the address says. It replaces what was typed when it changes. */
  value: string;
  /** Its width in characters. */
  size: number;
  hint: string;
  /** True for references and other texts that are written in scripts. */
  isCode?: boolean;
}

/** A field of a form whose values are in the address. It keeps the focus when the form is sent. */
export function TextField({ name, label, value, size, hint, isCode = false }: TextFieldProps) {
  const [typed, setTyped] = useState(value);
  const [shown, setShown] = useState(value);
  if (shown !== value) {
    setShown(value);
    setTyped(value);
  }
  return (
    <label>
      {label}
      <input
        name={name}
        className={isCode ? 'name' : undefined}
        value={typed}
        size={size}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}
