/** Starts the page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Provider } from 'urql';
import { App } from './app/app';
import { askAhead } from './app/ask-ahead';
import { createClient } from './client/client';
import './styles/index.css';

const place = document.getElementById('page');
if (place === null) throw new Error('index.html has no element "page"');

const client = createClient();
askAhead(client, window.location.pathname);

createRoot(place).render(
  <StrictMode>
    <Provider value={client}>
      <App />
    </Provider>
  </StrictMode>,
);
