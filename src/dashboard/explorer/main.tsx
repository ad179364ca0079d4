/** Starts the explorer: a page of its own, since the editor in it is larger than all the rest. */
import { createRoot } from 'react-dom/client';
import './workers';
import 'graphiql/style.css';
import '../styles/tokens.css';
import './explorer.css';
import { Explorer } from './explorer';
import { makeExamples } from './examples';
import { findIds } from './find-ids';

const place = document.getElementById('page');
if (place === null) throw new Error('explorer.html has no element "page"');
const root = createRoot(place);

void findIds().then((ids) => {
  root.render(<Explorer examples={makeExamples(ids)} />);
});
