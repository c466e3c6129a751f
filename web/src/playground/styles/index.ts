// The parts of GraphiQL's style sheet, without the two font families and the copy of Monaco's styles that it contains.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';

import '../../styles/fonts.css';
import '../../styles/theme.css';
import './page.css';
