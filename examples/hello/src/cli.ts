#!/usr/bin/env node
import { version } from './version.ts';

const [option, value] = process.argv.slice(2);
switch (option) {
  case '--version':
    console.log(version);
    break;
  case '--exit':
    process.exitCode = Number(value);
    break;
  case '--signal':
    process.kill(process.pid, value);
    setTimeout(() => undefined, 10_000); // the signal ends it before that
    break;
  case '--wait':
    console.log(process.pid);
    setInterval(() => undefined, 60_000);
    break;
  case '--cat':
    process.stdin.pipe(process.stdout);
    break;
  case '--lines':
    // Endless output: ends when nobody reads it any more.
    process.stdout.on('error', () => process.exit(0));
    (function more() {
      while (process.stdout.write('line\n'));
      process.stdout.once('drain', more);
    })();
    break;
  default:
    console.log(`Hello, ${option ?? 'world'}!`);
}
