import { useMonaco } from '@graphiql/react';
import { useLayoutEffect } from 'react';

/** The names under which GraphiQL asks for the editor's colours. */
export const EDITOR_THEMES = { light: 'stemma-light', dark: 'stemma-dark' };

type Monaco = NonNullable<ReturnType<typeof useMonacoCode>>;
type ThemeData = Parameters<Monaco['editor']['defineTheme']>[1];

interface Palette {
  base: ThemeData['base'];
  panel: string;
  accent: string;
  selection: string;
  bracket: string;
  comment: string;
  keyword: string;
  field: string;
  argument: string;
  type: string;
  string: string;
  number: string;
}

const LIGHT: Palette = {
  base: 'vs',
  panel: '#ffffff',
  accent: '#14746b',
  selection: '#14746b1f',
  bracket: '#5d6b7a',
  comment: '5f6c7a',
  keyword: '14746b',
  field: '22384f',
  argument: '6b4fa0',
  type: 'a0501a',
  string: '9a4a12',
  number: '2f5fb3',
};

const DARK: Palette = {
  base: 'vs-dark',
  panel: '#1c222b',
  accent: '#6fcfbc',
  selection: '#6fcfbc26',
  bracket: '#93a1b2',
  comment: '93a1b2',
  keyword: '6fcfbc',
  field: 'd3dbe6',
  argument: 'b6a4e8',
  type: 'e6a874',
  string: 'e3b787',
  number: '8fb7f5',
};

/** Defines both themes as soon as the editor's code is there, before GraphiQL's own effects create the editors. */
export function useEditorThemes(): void {
  const monaco = useMonacoCode();
  useLayoutEffect(() => {
    monaco?.editor.defineTheme(EDITOR_THEMES.light, themeData(LIGHT));
    monaco?.editor.defineTheme(EDITOR_THEMES.dark, themeData(DARK));
  }, [monaco]);
}

/** The editor's code, once it is loaded. */
function useMonacoCode() {
  return useMonaco().monaco;
}

function themeData(palette: Palette): ThemeData {
  const { panel, accent, selection, bracket, field } = palette;
  const transparent = '#ffffff00';
  return {
    base: palette.base,
    inherit: true,
    rules: [
      { token: 'comment', foreground: palette.comment },
      { token: 'keyword.gql', foreground: palette.keyword },
      { token: 'key.identifier.gql', foreground: palette.field },
      { token: 'argument.identifier.gql', foreground: palette.argument },
      { token: 'type.identifier.gql', foreground: palette.type },
      { token: 'string', foreground: palette.string },
      { token: 'string.key.json', foreground: palette.field },
      { token: 'string.value.json', foreground: palette.string },
      { token: 'number', foreground: palette.number },
      { token: 'keyword.json', foreground: palette.keyword },
    ],
    colors: {
      'editor.background': transparent,
      'scrollbar.shadow': transparent,
      // Brackets of every depth have one colour: indentation shows the depth.
      'editorBracketHighlight.foreground1': bracket,
      'editorBracketHighlight.foreground2': bracket,
      'editorBracketHighlight.foreground3': bracket,
      'editorLineNumber.foreground': bracket,
      'editorLineNumber.activeForeground': `#${field}`,
      focusBorder: accent,
      'textLink.foreground': accent,
      'textLink.activeForeground': accent,
      'editorLink.activeForeground': accent,
      'editor.selectionBackground': selection,
      'editorWidget.background': panel,
      'editorWidget.resizeBorder': accent,
      'editorHoverWidget.background': panel,
      'editorSuggestWidget.background': panel,
      'editorSuggestWidget.selectedBackground': selection,
      'editorSuggestWidget.selectedForeground': accent,
      'list.hoverBackground': selection,
      'list.highlightForeground': accent,
      'list.focusHighlightForeground': accent,
      'menu.background': panel,
      'menu.selectionBackground': selection,
      'menu.selectionForeground': accent,
      'quickInput.background': panel,
      'quickInputList.focusBackground': selection,
      'quickInputList.focusForeground': accent,
      'pickerGroup.foreground': accent,
      'toolbar.hoverBackground': selection,
      'inputOption.hoverBackground': selection,
    },
  };
}
