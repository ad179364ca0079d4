/** Where the editor looks for its threads. */
// Only `var` declares a property of the global object.
// eslint-disable-next-line no-var
declare var MonacoEnvironment: { getWorker: (id: string, label: string) => Worker } | undefined;

declare module '*?worker' {
  const WorkerOfModule: new () => Worker;
  export default WorkerOfModule;
}
