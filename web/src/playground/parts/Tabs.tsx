import { type ComponentProps, createContext, useContext } from 'react';

import { CloseIcon } from '@graphiql/react';

interface TabsProps extends ComponentProps<'ul'> {
  /** The tabs in their order, which GraphiQL passes for dragging. */
  values: unknown;
  onReorder: unknown;
}

/** A list of buttons. GraphiQL's own tabs hold two buttons in one tab, which screen readers do not find. */
export function Tabs({ values: _values, onReorder: _onReorder, className, ...props }: TabsProps) {
  return <ul {...props} className={`graphiql-tabs ${className ?? ''}`} />;
}

const Active = createContext(false);

interface TabProps {
  isActive: boolean;
  children: ComponentProps<'li'>['children'];
}

export const Tab = Object.assign(
  ({ isActive, children }: TabProps) => (
    <li className={`graphiql-tab ${isActive ? 'graphiql-tab-active' : ''}`}>
      <Active value={isActive}>{children}</Active>
    </li>
  ),
  {
    Button: (props: ComponentProps<'button'>) => (
      <button
        {...props}
        type="button"
        className="graphiql-un-styled graphiql-tab-button"
        aria-current={useContext(Active) ? 'true' : undefined}
      />
    ),
    Close: (props: ComponentProps<'button'>) => (
      <button {...props} type="button" className="graphiql-un-styled graphiql-tab-close" aria-label="Close Tab">
        <CloseIcon />
      </button>
    ),
  },
);
