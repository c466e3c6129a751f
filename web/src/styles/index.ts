// GraphiQL's own style sheet carries two font families and a copy of Monaco's styles inside; these are its parts without them.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';

import './fonts.css';
import './theme.css';
import './page.css';
