/** GraphiQL on the service's schema, with examples above it. */
import { GraphiQL, type GraphiQLProps, HISTORY_PLUGIN } from 'graphiql';
import { parse } from 'graphql';
import { ask, isSubscription, subscribe } from './fetcher';
import type { Example } from './examples';

const fetcher: GraphiQLProps['fetcher'] = (asked, options) => {
  // The introspection comes without a document.
  const document = options?.documentAST ?? parse(asked.query);
  return isSubscription(asked, document)
    ? (subscribe(asked) as ReturnType<GraphiQLProps['fetcher']>)
    : (ask(asked, options?.headers) as ReturnType<GraphiQLProps['fetcher']>);
};

export function Explorer({ examples }: { examples: readonly [Example, ...Example[]] }) {
  const wanted = new URLSearchParams(window.location.search).get('example');
  const example = examples.find(({ name }) => name === wanted);
  const [first] = examples;
  return (
    <>
      <header className="explorer-head">
        <a href="/" className="explorer-brand">
          Assay
        </a>
        <h1>Explorer</h1>
        <nav aria-label="Examples">
          {examples.map(({ name, label }) => (
            <a
              key={name}
              href={`/explorer?example=${name}`}
              aria-current={name === wanted ? 'page' : undefined}
            >
              {label}
            </a>
          ))}
        </nav>
        <a href="/graphql" title="Loads from Apollo's servers: it needs the network">
          Apollo Sandbox
        </a>
      </header>
      <main>
        <GraphiQL
          fetcher={fetcher}
          plugins={[HISTORY_PLUGIN]}
          {...themeOf(document.documentElement.dataset.theme)}
          {...(example
            ? { initialQuery: example.query, initialVariables: example.variables }
            : {
                defaultTabs: examples.map(({ query, variables }) => ({ query, variables })),
                defaultQuery: first.query,
              })}
        />
      </main>
    </>
  );
}

/** The theme chosen for the page holds here, too; otherwise the system's does. */
function themeOf(chosen: string | undefined): Pick<GraphiQLProps, 'forcedTheme'> {
  return chosen === 'light' || chosen === 'dark' ? { forcedTheme: chosen } : {};
}
