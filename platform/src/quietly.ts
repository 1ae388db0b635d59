/**
 * Node and Bun say of some of their modules that they are experimental, on the user's terminal. What we use of them is
 * tested on both, so that one kind of warning, raised by this call, is not passed on. It is emitted a tick later,
 * from inside the runtime, so the listeners step aside until then.
 */
export function quietly<T>(call: () => T): T {
  const listeners = process.rawListeners('warning') as ((warning: Error) => void)[];
  const filter = (warning: Error): void => {
    if (warning.name !== 'ExperimentalWarning') for (const listener of listeners) listener.call(process, warning);
  };
  process.removeAllListeners('warning');
  process.on('warning', filter);
  process.nextTick(() => process.nextTick(() => {
    process.off('warning', filter);
    for (const listener of listeners) process.on('warning', listener);
  }));
  return call();
}
