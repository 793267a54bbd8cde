/** `npm start`: one Perdure process. */
import { startInstallation } from './bootstrap/start-installation.ts';
import { runInstallation } from './run-installation.ts';

await startInstallation(process.env, process.argv.slice(2), runInstallation);
