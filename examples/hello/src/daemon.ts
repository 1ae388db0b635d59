#!/usr/bin/env node
import { version } from './version.ts';

if (process.argv[2] === '--version') {
  console.log(`hellod ${version}`);
} else {
  console.log('hellod is running');
  const timer = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    clearInterval(timer);
    console.log('hellod has ended');
  });
}
