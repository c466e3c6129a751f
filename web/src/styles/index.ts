import './fonts.css';
import './theme.css';
import './pages.css';
