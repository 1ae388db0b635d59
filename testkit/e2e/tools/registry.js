/**
 * A private npm registry on a free port of the loopback interface. Prints its address; ends when its standard input
 * does, so that it never outlives the run that started it, however that ended.
 *
 * It knows no other registry: the products have no dependencies, and a request for anything else shall fail.
 */
import { join } from 'node:path';
import { runServer } from 'verdaccio';

const folder = process.argv[2];
const server = await runServer({
  configPath: join(folder, 'config.yaml'), // need not exist; relative paths start here
  storage: join(folder, 'storage'),
  max_body_size: '300mb',
  uplinks: {},
  packages: { '**': { access: '$all', publish: '$all' } },
  userRateLimit: { max: 100_000 },
  web: { enable: false },
  log: { type: 'stdout', format: 'pretty', level: 'fatal' },
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
process.stdin.resume().once('end', () => process.exit());
